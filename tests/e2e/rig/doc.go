// Package rig runs a Kubernetes control plane and Flux's controllers as
// processes on loopback: etcd, kube-apiserver, kube-controller-manager and
// kube-scheduler at the reference clusters' own minor version, kwok in the
// place of the kubelets, kustomize-controller and helm-controller. Two parts
// are played: source-controller, which cannot be built from public modules, by
// Source; and a storage provisioner, by Provisioner. Pods are records that kwok
// turns Running: no image is pulled, no probe is run and no packet is sent.
package rig
