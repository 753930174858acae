package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/manifest"
)

// The values of arguments whose names say so may be secrets, and no others.
func TestSecretsInArguments(t *testing.T) {
	d := &appsv1.Deployment{}
	d.Spec.Template.Spec.Containers = []corev1.Container{{
		Command: []string{"web", "--token", "one", "--password", "--listen=:80"},
		Args:    []string{"--db-password=two=2", "PASSWORD=three", "--config", "/etc/a", "api-key", "plain", "-v"},
	}}
	require.ElementsMatch(t, []string{"one", "two=2", "2", "three"}, (&manifest.Object{Value: d}).Secrets())
}

// So may those of lines of a configuration.
func TestSecretsInFiles(t *testing.T) {
	text := "listen = 80\npassword = one\nAPI_KEY=two\ntoken: three\n[main]\n"
	require.Equal(t, []string{"one", "two", "three"}, (&manifest.Object{Value: &corev1.ConfigMap{Data: map[string]string{"a.conf": text}}}).Secrets())
}
