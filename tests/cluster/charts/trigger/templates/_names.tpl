{{- define "fullname" -}}
{{- if .Values.fullnameOverride }}{{ .Values.fullnameOverride }}
{{- else if contains "trigger" .Release.Name }}{{ .Release.Name }}
{{- else }}{{ .Release.Name }}-trigger{{ end }}
{{- end }}

{{- define "labels" -}}
app.kubernetes.io/name: trigger
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
