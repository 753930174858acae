package scheduler

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/component-helpers/storage/volume"
)

// claim is a claim on storage, judged once per node.
type claim struct {
	object  *corev1.PersistentVolumeClaim // with its class
	refusal *Refusal                      // no node takes a pod with it
	once    bool                          // ReadWriteOncePod
	// bound to a volume: the nodes that reach it, and those in its zone; nil for all.
	bound        bool
	reach, zoned []bool
	// Else it binds on first use: a new volume may come to be on these nodes (nil for
	// all), unless nothing provisions.
	provisions bool
	allowed    []bool
	local      bool // the new volume lies on the node
}

// storage is what a cluster has of claims, volumes and classes.
type storage struct {
	nodes   []*corev1.Node
	cluster *Cluster
	claims  []*claim
	claimID map[string]int
	volumes map[string][]*corev1.PersistentVolume // by class, those without a claim
	taken   map[string]bool                       // volumes bound by the volume controller
}

// storageClass returns the storage class of a name, nil for none.
func (s *storage) storageClass(name string) *storagev1.StorageClass {
	for _, c := range s.cluster.Classes {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// read reads the volumes and claims, and binds what the volume controller
// binds before any pod is placed.
func (s *storage) read() error {
	volumes := slices.SortedFunc(slices.Values(s.cluster.Volumes), func(a, b *corev1.PersistentVolume) int { return cmp.Compare(a.Name, b.Name) })
	for _, v := range volumes {
		if v.Status.Phase == "" { // as written, before the controller saw it
			v = v.DeepCopy()
			v.Status.Phase = corev1.VolumeAvailable
		}
		class := volume.GetPersistentVolumeClass(v)
		s.volumes[class] = append(s.volumes[class], v)
	}
	claims := slices.SortedFunc(slices.Values(s.cluster.Claims), func(a, b *corev1.PersistentVolumeClaim) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	for _, c := range claims {
		if c.Spec.VolumeName != "" {
			s.taken[c.Spec.VolumeName] = true
		}
	}
	for _, c := range claims {
		if err := s.addClaim(c); err != nil {
			return err
		}
	}
	return nil
}

// addClaim reads a claim.
func (s *storage) addClaim(object *corev1.PersistentVolumeClaim) error {
	c := &claim{object: s.withClass(object)}
	if err := s.readClaim(c); err != nil {
		return fmt.Errorf("read claim %s/%s: %w", object.Namespace, object.Name, err)
	}
	c.once = slices.Contains(object.Spec.AccessModes, corev1.ReadWriteOncePod)
	s.claimID[object.Namespace+"/"+object.Name] = len(s.claims)
	s.claims = append(s.claims, c)
	return nil
}

// withClass gives a claim that names no class the default one, as admission does.
func (s *storage) withClass(object *corev1.PersistentVolumeClaim) *corev1.PersistentVolumeClaim {
	class := ClassOf(object, s.cluster.Classes)
	if volume.PersistentVolumeClaimHasClass(object) || object.Spec.VolumeName != "" || class == "" {
		return object
	}
	object = object.DeepCopy()
	object.Spec.StorageClassName = &class
	return object
}

func (s *storage) readClaim(c *claim) error {
	if name := c.object.Spec.VolumeName; name != "" {
		v := s.named(name)
		if v == nil {
			c.refusal = &Refusal{Filter: VolumeZone, Reason: fmt.Sprintf("persistentvolume %q not found", name), Static: true}
			return nil
		}
		s.bindTo(c, v)
		return nil
	}
	name := volume.GetPersistentVolumeClaimClass(c.object)
	class := s.storageClass(name)
	c.local = s.cluster.Local[name]
	switch {
	case class == nil && c.local:
		c.provisions = true
		return nil
	case class == nil && name != "":
		c.refusal = &Refusal{Filter: VolumeBinding, Reason: fmt.Sprintf("storageclass.storage.k8s.io %q not found", name), Static: true}
		return nil
	}
	waits := class != nil && class.VolumeBindingMode != nil && *class.VolumeBindingMode == storagev1.VolumeBindingWaitForFirstConsumer
	c.provisions = class != nil && class.Provisioner != "" && class.Provisioner != volume.NotSupportedProvisioner
	if c.provisions && len(class.AllowedTopologies) > 0 {
		selector, err := Allowed(class)
		if err != nil {
			return err
		}
		for _, n := range s.nodes {
			c.allowed = append(c.allowed, selector.Match(n))
		}
	}
	if waits {
		return nil
	}
	return s.bindNow(c)
}

// bindNow does what the volume controller does with a claim that does not wait for a
// pod: it binds the smallest volume that fits, or has one made.
func (s *storage) bindNow(c *claim) error {
	var candidates []*corev1.PersistentVolume
	for _, v := range s.volumes[volume.GetPersistentVolumeClaimClass(c.object)] {
		if volume.CheckAccessModes(c.object, v) {
			candidates = append(candidates, v)
		}
	}
	found, err := volume.FindMatchingVolume(c.object, candidates, nil, s.excluded(nil), false, true)
	if err != nil {
		return err
	}
	switch {
	case found != nil:
		s.taken[found.Name] = true
		s.bindTo(c, found)
	case c.provisions:
		c.bound, c.reach, c.local = true, c.allowed, false
	default:
		c.refusal = &Refusal{Filter: VolumeBinding, Reason: "pod has unbound immediate PersistentVolumeClaims", Static: true}
	}
	return nil
}

// bindTo says which nodes reach the claim's volume.
func (s *storage) bindTo(c *claim, v *corev1.PersistentVolume) {
	c.bound = true
	c.reach = s.reachOf(v)
	c.zoned = s.zonedFor(v)
}

func (s *storage) reachOf(v *corev1.PersistentVolume) []bool {
	out := make([]bool, 0, len(s.nodes))
	for _, n := range s.nodes {
		out = append(out, Reaches(v, n))
	}
	return out
}

// zonedFor are the nodes in the zone and region that a volume's labels name; nil for
// all.
func (s *storage) zonedFor(v *corev1.PersistentVolume) []bool {
	keys := []string{corev1.LabelFailureDomainBetaZone, corev1.LabelFailureDomainBetaRegion, corev1.LabelTopologyZone, corev1.LabelTopologyRegion}
	newer := map[string]string{corev1.LabelFailureDomainBetaZone: corev1.LabelTopologyZone, corev1.LabelFailureDomainBetaRegion: corev1.LabelTopologyRegion}
	if !slices.ContainsFunc(keys, func(k string) bool { _, has := v.Labels[k]; return has }) {
		return nil
	}
	var out []bool
	for _, n := range s.nodes {
		ok := true
		zoned := slices.ContainsFunc(keys, func(k string) bool { _, has := n.Labels[k]; return has })
		for _, key := range keys {
			want, asked := v.Labels[key]
			if !asked || !zoned {
				continue
			}
			is, has := n.Labels[key]
			if !has {
				is, has = n.Labels[cmp.Or(newer[key], key)]
			}
			ok = ok && has && slices.Contains(strings.Split(want, "__"), is) // LabelZonesToSet's delimiter
		}
		out = append(out, ok)
	}
	return out
}

// named returns the volume of a name.
func (s *storage) named(name string) *corev1.PersistentVolume {
	for _, v := range s.cluster.Volumes {
		if v.Name == name {
			return v
		}
	}
	return nil
}

// excluded are the volumes that claims have, of the cluster and of a state (nil for
// none). A volume that is kept for a claim is not among them.
func (s *storage) excluded(b *bindings) map[string]*corev1.PersistentVolume {
	out := map[string]*corev1.PersistentVolume{}
	for name := range s.taken {
		out[name] = nil
	}
	if b != nil {
		for _, to := range b.bound {
			if to.volume != nil {
				out[to.volume.Name] = to.volume
			}
		}
	}
	return out
}
