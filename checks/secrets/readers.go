package secrets

import (
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/inventory"
)

// read is one place that reads a Secret.
type read struct {
	secret name
	key    string // "" for all
	at     inventory.Spot
	who    string // in a sentence: Deployment web
	self   object
}

// reads lists what the objects of the subject read, optional references left out: those are
// meant to be missing. A Secret to pull an image with is left out too: the image may be public.
func reads(s *inventory.Subject, objects []object) ([]read, error) {
	templates, err := s.PodTemplates()
	if err != nil {
		return nil, err
	}
	self := map[string]object{}
	for _, o := range objects {
		self[o.ID.String()] = o
	}
	var out []read
	for _, p := range templates {
		each := func(secret, key string, at inventory.Spot) {
			if secret != "" {
				out = append(out, read{name{p.Object.Namespace, secret}, key, at, p.DisplayName(), self[p.Object.ID.String()]})
			}
		}
		for _, c := range p.Containers() {
			ofContainer(c, each)
		}
		for i := range p.Spec.Volumes {
			ofVolume(&p.Spec.Volumes[i], below(p.Spot(), "volumes", strconv.Itoa(i)), each)
		}
	}
	for _, o := range objects {
		out = append(out, ofOther(o)...)
	}
	return out, nil
}

func ofContainer(c inventory.Container, each func(secret, key string, at inventory.Spot)) {
	for i, e := range c.Env {
		if e.ValueFrom == nil || e.ValueFrom.SecretKeyRef == nil {
			continue
		}
		if ref := e.ValueFrom.SecretKeyRef; !isTrue(ref.Optional) {
			at := below(c.Spot, "env", strconv.Itoa(i))
			at.Path = append(slices.Clone(c.Spot.Path), "secretEnv", e.Name)
			each(ref.Name, ref.Key, at)
		}
	}
	for i, e := range c.EnvFrom {
		if e.SecretRef != nil && !isTrue(e.SecretRef.Optional) {
			each(e.SecretRef.Name, "", below(c.Spot, "envFrom", strconv.Itoa(i)))
		}
	}
}

func ofVolume(v *corev1.Volume, at inventory.Spot, each func(secret, key string, at inventory.Spot)) {
	items := func(secret string, keys []corev1.KeyToPath) {
		for _, item := range keys {
			each(secret, item.Key, at)
		}
		if len(keys) == 0 {
			each(secret, "", at)
		}
	}
	if v.Secret != nil && !isTrue(v.Secret.Optional) {
		items(v.Secret.SecretName, v.Secret.Items)
	}
	if v.Projected != nil {
		for _, from := range v.Projected.Sources {
			if from.Secret != nil && !isTrue(from.Secret.Optional) {
				items(from.Secret.Name, from.Secret.Items)
			}
		}
	}
	for _, ref := range driverSecrets(v) {
		each(ref, "", at)
	}
}

// driverSecrets are the Secrets that the kubelet gives to the drivers of a volume.
func driverSecrets(v *corev1.Volume) []string {
	var out []string
	add := func(ref *corev1.LocalObjectReference) {
		if ref != nil {
			out = append(out, ref.Name)
		}
	}
	switch {
	case v.CSI != nil:
		add(v.CSI.NodePublishSecretRef)
	case v.CephFS != nil:
		add(v.CephFS.SecretRef)
	case v.RBD != nil:
		add(v.RBD.SecretRef)
	case v.ISCSI != nil:
		add(v.ISCSI.SecretRef)
	case v.FlexVolume != nil:
		add(v.FlexVolume.SecretRef)
	case v.AzureFile != nil:
		out = append(out, v.AzureFile.SecretName)
	}
	return out
}

// reader is a kind, but for those with pods, whose objects read Secrets.
type reader struct {
	group, kind string
	paths       []string // of the names, or of references with name and key
	anywhere    bool     // in a namespace that the object does not name
}

// readers are the kinds that stillsuit renders, and VolSync's.
func readers() []reader {
	monitored := []string{"spec.endpoints.*.authorization.credentials", "spec.endpoints.*.basicAuth.username", "spec.endpoints.*.basicAuth.password", "spec.endpoints.*.bearerTokenSecret"}
	issued := []string{"spec.ca.secretName"}
	// cert-manager.io/docs/configuration/acme/dns01, all providers in the tree of cert-manager.
	for _, ref := range []string{"apiTokenSecretRef", "apiKeySecretRef", "tokenSecretRef", "accountSecretRef", "tsigSecretSecretRef", "accessKeyIDSecretRef", "secretAccessKeySecretRef", "serviceAccountSecretRef", "clientSecretSecretRef", "clientTokenSecretRef", "accessTokenSecretRef"} {
		issued = append(issued, "spec.acme.solvers.*.dns01.*."+ref)
	}
	return []reader{
		{group: "cert-manager.io", kind: "Issuer", paths: issued},
		{group: "cert-manager.io", kind: "ClusterIssuer", paths: issued, anywhere: true},
		{group: "monitoring.coreos.com", kind: "ServiceMonitor", paths: monitored},
		{group: "traefik.io", kind: "Middleware", paths: []string{"spec.basicAuth.secret", "spec.digestAuth.secret"}},
		{group: "velero.io", kind: "BackupStorageLocation", paths: []string{"spec.credential"}},
		{group: "notification.toolkit.fluxcd.io", kind: "Provider", paths: []string{"spec.secretRef"}},
		{group: "volsync.backube", kind: "ReplicationSource", paths: []string{"spec.*.repository"}},
		{group: "volsync.backube", kind: "ReplicationDestination", paths: []string{"spec.*.repository"}},
	}
}

func ofOther(o object) []read {
	var out []read
	add := func(secret, key string, at ...string) {
		out = append(out, read{name{o.Namespace, secret}, key, inventory.Spot{Object: o.Object, Keys: at}, o.Kind + " " + o.Name, o})
	}
	if o.Group == "helm.toolkit.fluxcd.io" && o.Kind == "HelmRelease" {
		for _, found := range o.at("spec.valuesFrom.*") {
			from, _ := found.(map[string]any)
			secret, _ := from["name"].(string)
			if from["kind"] == "Secret" && from["optional"] != true && secret != "" {
				key, _ := from["valuesKey"].(string)
				add(secret, key, "spec", "valuesFrom")
			}
		}
	}
	for _, row := range readers() {
		if row.group != o.Group || row.kind != o.Kind {
			continue
		}
		for _, path := range row.paths {
			for _, found := range o.at(path) {
				secret, _ := found.(string)
				key := ""
				if ref, ok := found.(map[string]any); ok {
					secret, _ = ref["name"].(string)
					key, _ = ref["key"].(string)
				}
				if secret == "" {
					continue
				}
				add(secret, key, "spec")
				if row.anywhere {
					out[len(out)-1].secret.namespace = ""
				}
			}
		}
	}
	return out
}

// below is a spot further down in the object; in CUE it stays where it is.
func below(at inventory.Spot, keys ...string) inventory.Spot {
	at.Keys = append(slices.Clone(at.Keys), keys...)
	return at
}

func isTrue(b *bool) bool { return b != nil && *b }
