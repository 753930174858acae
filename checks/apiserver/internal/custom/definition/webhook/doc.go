// Package webhook validates where a webhook is: copies of three functions of
// k8s.io/apiserver, pkg/util/webhook, whose package brings in gRPC.
package webhook
