package facts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
	"stillsuit.dev/generator/model"
)

// Replication is a volume that VolSync writes into a restic repository.
type Replication struct {
	Unit      scope.Unit
	At        model.Path
	Name      string
	Namespace string
	Claim     string // that it copies
	Secret    string // which says where the repository is, and has its keys
	Schedule  string
	Keep      time.Duration
	Snapshots string // the VolumeSnapshotClass; "" when the volume itself is read
	Cache     *resource.Quantity
	Mover     model.Mover
	Of        *scope.Workload // whose user the mover runs as
	AsImage   bool            // its containers run as root because their image does
}

// moverPods are the labels of VolSync's pods (backube/volsync v0.16.0
// internal/controller/utils/labels.go).
func moverPods() map[string]string {
	return map[string]string{"app.kubernetes.io/created-by": "volsync"}
}

// repositoryKeys must be in a repository's Secret (internal/controller/mover/restic/mover.go,
// validateRepository).
func repositoryKeys() []string { return []string{"RESTIC_REPOSITORY", "RESTIC_PASSWORD"} }

// replications decides what VolSync copies.
type replications struct {
	stores
	claims workload.Claims
	out    []*Replication
	taken  map[string]string // the volume that a Secret's repository is of, by its name
}

// replications are the volumes that VolSync copies, and its pods in their namespaces.
func (r Facts) replications() ([]*Replication, []*scope.Party) {
	x := &replications{stores: stores{r}, claims: workload.Claims{Scope: r.Scope}, taken: map[string]string{}}
	names := x.of(model.VolSync)
	if len(names) == 0 {
		return nil, nil
	}
	c := r.ProviderOf(kinds.GroupVolSync, PathBackups, "backups are declared")
	movers := map[string]*scope.Party{}
	for _, name := range names {
		b, at := r.Desired.Cluster.Backups[name], PathBackups.Join(name)
		if !x.form(at, name, b) || c == nil {
			continue
		}
		if strings.Contains(b.Secret, "/") {
			r.Error(at.Join("secret"), "backup/form", fmt.Sprintf("store %s has the secret %q, and for VolSync that is the first part of names of secrets", name, b.Secret), "", `write secret: "restic", and secrets: "restic-VOLUME": "…" in each app`)
			continue
		}
		b.Namespaces = x.namespaces(b)
		before := len(x.out)
		for _, app := range slices.Sorted(maps.Keys(r.Apps)) {
			for _, w := range r.Apps[app] {
				if slices.Contains(b.Namespaces, w.App.Namespace) {
					r.Guarded("app", model.Path{"apps", app}, func() { x.workload(c.Config(), name, b, w) })
				}
			}
		}
		for _, one := range x.out[before:] {
			p := movers[one.Namespace]
			if p == nil {
				p = &scope.Party{Owner: "volsync-mover", Full: "volsync-mover", Namespace: one.Namespace, At: one.Of.At[:2], Selector: moverPods()}
				movers[one.Namespace] = p
			}
			r.AsksAt(p, at.Join("endpoint"), b.Endpoint)
		}
	}
	var parties []*scope.Party
	for _, namespace := range slices.Sorted(maps.Keys(movers)) {
		parties = append(parties, movers[namespace])
	}
	return x.out, parties
}

// workload adds the volumes of a workload that are to be backed up.
func (r *replications) workload(unit scope.Unit, store string, b model.Backup, w *scope.Workload) {
	for _, name := range slices.Sorted(maps.Keys(w.Declared.Volumes)) {
		v := w.Declared.Volumes[name]
		if !r.asked(b, w, name) {
			continue
		}
		at := w.At.Join("volumes", name, "backup")
		asked := model.Claim{Class: v.Class, Access: v.Access}
		if shared := r.shared(w, v); shared != nil {
			asked = *shared
		}
		claim := r.claims.ClaimOf(&asked)
		secret := r.repository(at, b, w, name)
		if secret == "" || !r.copyable(at, name, w, v, claim) {
			continue
		}
		asImage, ok := r.user(at, name, w)
		if !ok {
			continue
		}
		of := cmp.Or(v.Claim, v.Existing, w.Full+"-"+name)
		r.out = append(r.out, &Replication{
			Unit: unit, At: at, Name: of + "-" + store, Namespace: w.App.Namespace, Claim: of, Secret: secret,
			Schedule: b.Schedule, Keep: b.Keep.Or(720 * time.Hour), Snapshots: r.Desired.Cluster.Storage[claim.Class].Snapshots,
			Cache: b.Cache, Mover: b.Mover, Of: w, AsImage: asImage,
		})
	}
}

// asked reports whether a volume is to be copied here: it says so, or its shared claim does and
// this workload is the one that has it copied.
func (r *replications) asked(b model.Backup, w *scope.Workload, name string) bool {
	v := w.Declared.Volumes[name]
	if !r.marked(w, v) {
		return false
	}
	of := cmp.Or(v.Claim, v.Existing)
	return of != "" && r.keeper(b, w.App.Namespace, of) == (mount{w, name}) || of == "" && v.Size != nil
}

// marked reports whether a volume, or its shared claim, says backup: true.
func (r *replications) marked(w *scope.Workload, v *model.Volume) bool {
	shared := r.shared(w, v)
	return v.Backup || shared != nil && shared.Backup
}

// mount is a volume of a workload.
type mount struct {
	w    *scope.Workload
	name string
}

// keeper is the mount of a claim that has it copied: the first whose app has the Secret for
// it, else the first.
func (r *replications) keeper(b model.Backup, namespace, claim string) mount {
	var first mount
	for _, app := range slices.Sorted(maps.Keys(r.Apps)) {
		for _, w := range r.Apps[app] {
			for _, name := range slices.Sorted(maps.Keys(w.Declared.Volumes)) {
				v := w.Declared.Volumes[name]
				if w.App.Namespace != namespace || cmp.Or(v.Claim, v.Existing) != claim || !r.marked(w, v) {
					continue
				}
				if w.App.Secrets[b.Secret+"-"+name] != "" {
					return mount{w, name}
				}
				if first.w == nil {
					first = mount{w, name}
				}
			}
		}
	}
	return first
}

// shared is the claim of the namespace that a volume is; nil for another.
func (r *replications) shared(w *scope.Workload, v *model.Volume) *model.Claim {
	if ns := r.Desired.Namespaces[w.App.Namespace]; v.Claim != "" && ns != nil {
		return ns.Claims[v.Claim]
	}
	return nil
}

// repository is the Secret of a volume's repository; "" when there is none, or it is
// another volume's too: restic's forget would remove what the other one keeps
// (mover-restic/entry.sh: one host and one path for all).
func (r *replications) repository(at model.Path, b model.Backup, w *scope.Workload, volume string) string {
	alias := b.Secret + "-" + volume
	if w.App.Secrets[alias] == "" {
		r.Error(at, "backup/repository", fmt.Sprintf("VolSync backs up volume %s, and app %s has no secret %s, which says where", volume, w.AppName, alias), "",
			fmt.Sprintf("add secrets: %q: %q with the keys RESTIC_REPOSITORY, RESTIC_PASSWORD and those of the store", alias, fmt.Sprintf("secrets/%s-%s.sops.yaml", w.Full, volume)))
		return ""
	}
	var secret *scope.Secret
	for _, key := range repositoryKeys() {
		s, _ := r.KeyOf(model.Path{"apps", w.AppName, "secrets", alias}, &w.Party, w.App.Secrets, alias+"/"+key)
		if s == nil {
			return ""
		}
		secret = s
	}
	key, of := w.App.Namespace+"/"+secret.Name, w.Full+" "+volume
	if other := r.taken[key]; other != "" && other != of {
		r.Error(at, "backup/repository", fmt.Sprintf("volume %s of %s is written into the repository of Secret %s, as is the volume of %s", volume, w.Full, secret.Name, other), "", "give each volume a Secret, with a path of its own in RESTIC_REPOSITORY")
		return ""
	}
	r.taken[key] = of
	return secret.Name
}

// copyable reports a volume that VolSync's pod could not mount.
func (r *replications) copyable(at model.Path, name string, w *scope.Workload, v *model.Volume, c workload.Claim) bool {
	switch ns := r.Desired.Namespaces[w.App.Namespace]; {
	case v.Size != nil && w.PerPod():
		r.Error(at, "volume/backup", fmt.Sprintf("each pod of %s has a volume %s of its own, and VolSync writes one volume into one repository", w.Full, name), "", "run one replica, or back it up with Velero")
		return false
	case ns != nil && ns.Workspace != "":
		r.Error(at, "volume/backup", fmt.Sprintf("VolSync cannot mount volume %s: in the workspace %s only the pods of its app mount it", name, w.App.Namespace), "", "move the app to a namespace of its own, or back it up with Velero")
		return false
	case c.Access == "ReadWriteOncePod" && r.Desired.Cluster.Storage[c.Class].Snapshots == "":
		r.Error(at, "volume/backup", fmt.Sprintf("VolSync cannot mount volume %s while %s has it: its access is ReadWriteOncePod", name, w.Full), "", `write access: "ReadWriteOnce", or snapshots: "…" in the storage class`)
		return false
	}
	return true
}

// user reports files of which nobody says whose they are. VolSync's image runs as root, without
// the right to read the files of others, and not at all where pods may not.
func (r *replications) user(at model.Path, volume string, w *scope.Workload) (asImage, ok bool) {
	if w.Declared.User != nil {
		return false, true
	}
	for _, c := range w.Declared.Containers {
		if c.Exempt.ImageUser != "" || c.Exempt.Privileged != "" {
			return true, true
		}
	}
	r.Error(at, "backup/user", fmt.Sprintf("nothing says as which user %s writes volume %s, so VolSync cannot run as that user", w.Full, volume), "", "add user: with the number of the image's user to the workload")
	return false, false
}
