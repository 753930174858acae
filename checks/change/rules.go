package change

// rule is what Kubernetes does not let change in objects of some kinds.
type rule struct {
	group string
	kinds []string
	// frozen are the fields that cannot change: a path, or with a star at its end each
	// field of a block but those in free.
	frozen []string
	free   []string
	// filled is what the API server gives a frozen field that nobody wrote.
	filled map[string]any
	// labels lead to where a frozen field is declared, below what the object was made
	// from.
	labels map[string][]string
	// anew is what comes of it that Flux deletes an object of the kind and makes it anew;
	// empty where that loses more than it mends.
	anew string
	// lost is what is deleted along with an object whose anew is empty.
	lost string
	// otherwise is what to do then.
	otherwise string
	// more is what paths cannot say.
	more func(*pair)
}

const pods = "its pods stop meanwhile"

// rules are those of the API server of Kubernetes 1.34: the functions Validate*Update in
// k8s.io/kubernetes v1.34.9, pkg/apis/*/validation, and in k8s.io/apiextensions-apiserver.
func rules() []rule {
	return []rule{
		{
			group: "apps", kinds: []string{"Deployment", "DaemonSet", "ReplicaSet"}, frozen: []string{"spec.selector"},
			labels: map[string][]string{"spec.selector": {"selector"}}, anew: pods, more: rolling,
		},
		{
			group: "apps", kinds: []string{"StatefulSet"}, frozen: []string{"spec.*"},
			free:   []string{"replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds", "volumeClaimTemplates"},
			filled: map[string]any{"spec.podManagementPolicy": "OrderedReady"},
			labels: map[string][]string{"spec.selector": {"selector"}}, anew: pods + ", and the claims that they have stay as they are", more: set,
		},
		{
			group: "batch", kinds: []string{"Job"}, anew: "it runs again", more: completions,
			frozen: []string{"spec.selector", "spec.completionMode", "spec.podFailurePolicy", "spec.backoffLimitPerIndex", "spec.managedBy", "spec.successPolicy"},
			filled: map[string]any{"spec.completionMode": "NonIndexed"},
		},
		{
			kinds: []string{"PersistentVolumeClaim"}, frozen: []string{"spec.*"}, free: []string{"resources", "storageClassName", "volumeName", "volumeAttributesClassName"},
			filled: map[string]any{"spec.volumeMode": "Filesystem"}, labels: map[string][]string{"spec.accessModes": {"access"}},
			lost: "its volume and the data on it", otherwise: newVolume, more: claim,
		},
		{
			kinds: []string{"PersistentVolume"}, frozen: []string{"spec.*"},
			free:   []string{"capacity", "accessModes", "claimRef", "persistentVolumeReclaimPolicy", "storageClassName", "mountOptions", "nodeAffinity", "volumeAttributesClassName", "csi"},
			filled: map[string]any{"spec.volumeMode": "Filesystem"}, lost: "the way to its data, once nothing claims it", otherwise: "give the new one another name", more: volume,
		},
		{kinds: []string{"Service"}, anew: "what it is reached by changes, and it cannot be reached meanwhile", more: service},
		{kinds: []string{"ConfigMap"}, anew: "pods that start meanwhile wait for it", more: immutable},
		{kinds: []string{"Secret"}, frozen: []string{"type"}, filled: map[string]any{"type": "Opaque"}, anew: "pods that start meanwhile wait for it", more: immutable},
		{kinds: []string{"ResourceQuota"}, anew: "nothing is counted meanwhile", more: scopes},
		{
			kinds: []string{"Pod"}, frozen: []string{"spec.*"}, anew: "it stops meanwhile", more: images,
			free: []string{"containers", "initContainers", "activeDeadlineSeconds", "tolerations", "schedulingGates"},
		},
		{
			group: "rbac.authorization.k8s.io", kinds: []string{"RoleBinding", "ClusterRoleBinding"}, anew: "whom it is for has no rights by it meanwhile",
			frozen: []string{"roleRef.kind", "roleRef.name"},
		},
		{group: "networking.k8s.io", kinds: []string{"IngressClass"}, frozen: []string{"spec.controller"}, anew: "its Ingresses have no controller meanwhile"},
		{group: "node.k8s.io", kinds: []string{"RuntimeClass"}, frozen: []string{"handler"}, anew: "pods that start meanwhile are refused"},
		{
			group: "scheduling.k8s.io", kinds: []string{"PriorityClass"}, frozen: []string{"value", "preemptionPolicy"},
			filled: map[string]any{"value": float64(0), "preemptionPolicy": "PreemptLowerPriority"}, anew: "pods that start meanwhile are refused, and those that run keep the old one",
		},
		{
			group: "storage.k8s.io", kinds: []string{"StorageClass"}, frozen: []string{"provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"},
			filled: map[string]any{"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"}, anew: "volumes that it made stay as they are",
		},
		{
			group: "storage.k8s.io", kinds: []string{"CSIDriver"}, frozen: []string{"spec.attachRequired", "spec.volumeLifecycleModes"},
			filled: map[string]any{"spec.attachRequired": true, "spec.volumeLifecycleModes": []any{"Persistent"}}, anew: "pods that start meanwhile wait for their volumes",
		},
		{group: "storage.k8s.io", kinds: []string{"VolumeAttributesClass"}, frozen: []string{"driverName", "parameters"}, anew: "volumes keep what they have"},
		{group: "discovery.k8s.io", kinds: []string{"EndpointSlice"}, frozen: []string{"addressType"}, anew: "nothing is behind its Service meanwhile"},
		{
			group: "apiextensions.k8s.io", kinds: []string{"CustomResourceDefinition"}, frozen: []string{"spec.scope", "spec.names.kind"},
			lost: "all objects of its kind", otherwise: "define a kind of another name, and move the objects over",
		},
		{group: "resource.k8s.io", kinds: []string{"ResourceClaim"}, frozen: []string{"spec"}, otherwise: "give the new one another name", lost: "what its pods were given"},
		{group: "resource.k8s.io", kinds: []string{"ResourceClaimTemplate"}, frozen: []string{"spec"}, anew: "pods keep the claims that they have"},
	}
}
