package images

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/inventory"
)

// user reports a container that must not run as root, where nothing but its image says
// whether it does: the kubelet starts one only if the image names a number other than 0
// (kubernetes/kubernetes pkg/kubelet/kuberuntime/security_context_others.go,
// verifyRunAsNonRoot).
func (c *check) user(at inventory.Spot, u use) {
	pod, own := u.pod.Spec.SecurityContext, u.container.SecurityContext
	if pod == nil {
		pod = &corev1.PodSecurityContext{}
	}
	if own == nil {
		own = &corev1.SecurityContext{}
	}
	number, where := pod.RunAsUser, u.pod.Spot()
	if own.RunAsUser != nil {
		number, where = own.RunAsUser, u.container.Spot
	}
	nonRoot := pod.RunAsNonRoot
	if own.RunAsNonRoot != nil {
		nonRoot = own.RunAsNonRoot
	}
	if nonRoot == nil || !*nonRoot || u.pod.Spec.OS != nil && u.pod.Spec.OS.Name == corev1.Windows {
		return
	}
	must := fmt.Sprintf("container %s of %s must not run as root", u.container.Name, u.pod.DisplayName())
	const refused = "the kubelet refuses to start it"
	if number != nil {
		if *number == 0 {
			c.Error(where.Join("securityContext", "runAsUser"), "images/user", must+", and its runAsUser is 0", refused, "set another user, or allow root")
		}
		return
	}
	users, known := c.usersOf(u)
	for _, user := range users {
		switch id, name := kubeletUser(user); {
		case name != "" && name != "root":
			c.Error(at, "images/user", fmt.Sprintf("%s, and %s names the user %s", must, u.Tagged(), user), "the kubelet cannot tell whether a name is root, and refuses to start the container", c.mendUser(u, name))
			return
		case id == 0: // or root by its name, which is refused as a name
			c.Error(at, "images/user", fmt.Sprintf("%s, and %s runs as root", must, u.Tagged()), refused, c.mendUser(u, ""))
			return
		}
	}
	if !known && c.once("images/unknown-user", u) {
		c.Note(at, "images/unknown-user", fmt.Sprintf("%s, and the user of %s is unknown", must, u.Tagged()), "if it is root or a name, "+refused,
			fmt.Sprintf("run `stillsuit images lock %s--users %s`, or set the user's number", c.where(), u.Tagged()))
	}
}

// usersOf are the users that the image names for the eligible nodes of its pods, and
// whether that is all of them.
func (c *check) usersOf(u use) (users []string, known bool) {
	if u.locked == nil {
		return nil, false
	}
	known = true
	for _, platform := range u.locked.Platforms {
		runs := func(name string) bool { return c.Nodes[name].Runs(platform) }
		if !strings.HasPrefix(platform, "linux/") || len(u.nodes) > 0 && !slices.ContainsFunc(u.nodes, runs) {
			continue
		}
		user, is := u.locked.User(platform)
		if known = known && is; is {
			users = append(users, user)
		}
	}
	slices.Sort(users)
	return slices.Compact(users), known
}

// kubeletUser is the number or the name that a container runtime reports for the user of an
// image; none is the number 0 (containerd internal/cri/server/images, getUserFromImage, and
// the kubelet's getImageUser).
func kubeletUser(user string) (id int64, name string) {
	user, _, _ = strings.Cut(user, ":")
	if user == "" {
		return 0, ""
	}
	id, err := strconv.ParseInt(user, 10, 64)
	if err != nil {
		return 0, user
	}
	return id, ""
}

// mendUser says how to name a user by its number.
func (c *check) mendUser(u use, name string) string {
	number := "the number of a user that the image can run as"
	if name != "" {
		number = "the number of " + name + " in the image"
	}
	if u.pod.Object.Raw || c.Cluster == nil {
		return "set securityContext.runAsUser to " + number
	}
	return "set user to " + number + `, or allow it with exempt: imageUser: "REASON"`
}
