package scheduler

import (
	"cmp"
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// token is something on a node that pods cannot hold together: a port of the host, or
// a network disk that is written.
type token struct {
	disk    bool
	name    string // protocol/port, or the disk
	address string // of a port: one of the host's addresses, or all
	shared  bool   // of a disk: only read
}

// anyAddress stands for all addresses of a node.
const anyAddress = "0.0.0.0"

// bars reports whether one token keeps another from the same node.
func (t token) bars(other token) bool {
	if t.disk != other.disk || t.name != other.name {
		return false
	}
	if t.disk {
		return !t.shared || !other.shared
	}
	return t.address == other.address || t.address == anyAddress || other.address == anyAddress
}

// exclusive finds the ports and disks that a pod holds, and those in their way.
func (s *classes) exclusive(c *class, p *corev1.Pod) {
	for _, t := range append(hostPorts(p), disks(p)...) {
		id, known := s.tokenID[t]
		if !known {
			id = len(s.tokens)
			s.tokens = append(s.tokens, t)
			s.tokenID[t] = id
			for _, other := range s.list {
				other.learn(id, t, s.tokens)
			}
		}
		c.tokens = append(c.tokens, id)
	}
	for id, t := range s.tokens {
		c.learn(id, t, s.tokens)
	}
}

// learn adds a token to those that are in the way of the class.
func (c *class) learn(id int, t token, all []token) {
	for _, mine := range c.tokens {
		if !all[mine].bars(t) {
			continue
		}
		if t.disk {
			c.disks = append(c.disks, id)
		} else {
			c.barred = append(c.barred, id)
		}
		return
	}
}

// hostPorts are the host's ports that a pod listens on while it runs.
func hostPorts(p *corev1.Pod) []token {
	var out []token
	add := func(c *corev1.Container) {
		for _, port := range c.Ports {
			if port.HostPort > 0 {
				name := string(cmp.Or(port.Protocol, corev1.ProtocolTCP)) + "/" + strconv.Itoa(int(port.HostPort))
				out = append(out, token{name: name, address: cmp.Or(port.HostIP, anyAddress)})
			}
		}
	}
	for i := range p.Spec.InitContainers {
		c := &p.Spec.InitContainers[i]
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			add(c)
		}
	}
	for i := range p.Spec.Containers {
		add(&p.Spec.Containers[i])
	}
	return out
}

// disks are the network disks that pods mount without a claim, as VolumeRestrictions
// knows them.
func disks(p *corev1.Pod) []token {
	var out []token
	for _, v := range p.Spec.Volumes {
		switch {
		case v.GCEPersistentDisk != nil:
			out = append(out, token{disk: true, name: "gce/" + v.GCEPersistentDisk.PDName, shared: v.GCEPersistentDisk.ReadOnly})
		case v.AWSElasticBlockStore != nil:
			out = append(out, token{disk: true, name: "ebs/" + v.AWSElasticBlockStore.VolumeID})
		case v.ISCSI != nil:
			out = append(out, token{disk: true, name: "iscsi/" + v.ISCSI.IQN, shared: v.ISCSI.ReadOnly})
		case v.RBD != nil:
			for _, monitor := range v.RBD.CephMonitors {
				out = append(out, token{disk: true, name: "rbd/" + monitor + "/" + v.RBD.RBDPool + "/" + v.RBD.RBDImage, shared: v.RBD.ReadOnly})
			}
		}
	}
	return out
}
