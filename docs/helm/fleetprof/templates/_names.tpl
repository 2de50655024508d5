{{- /* Of pods: with the version in it another chart would restart those whose images stay. */ -}}
{{- define "fleetprof.podLabels" -}}
app.kubernetes.io/name: fleetprof
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "fleetprof.labels" -}}
{{ include "fleetprof.podLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
{{- define "fleetprof.env" -}}
{{- range $name, $value := . }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}
{{- define "fleetprof.pullSecrets" -}}
{{- with .Values.images.pullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
{{- end }}
