package demand

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// object wraps a value of namespace home.
func object(kind, name string, value any) *manifest.Object {
	if o, ok := value.(metav1.Object); ok {
		o.SetNamespace("home")
		o.SetName(name)
	}
	return &manifest.Object{ID: manifest.ID{Kind: kind, Namespace: "home", Name: name}, Value: value}
}

func demanded(t *testing.T, objects ...*manifest.Object) *Demand {
	t.Helper()
	d, err := Of(&inventory.Subject{Objects: objects})
	require.NoError(t, err)
	return d
}

func one(t *testing.T, objects ...*manifest.Object) *Workload {
	t.Helper()
	d := demanded(t, objects...)
	require.Len(t, d.Workloads, 1)
	require.Empty(t, d.Unknown)
	return d.Workloads[0]
}

func template(containers ...corev1.Container) corev1.PodTemplateSpec {
	t := corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: containers}}
	t.Labels = map[string]string{"app": "it"}
	return t
}

func main(requests, limits string) corev1.Container {
	return corev1.Container{Name: "main", Resources: corev1.ResourceRequirements{Requests: of("", requests), Limits: of("", limits)}}
}

// How a Deployment's pods are replaced, by the defaults of apps/v1.
func TestUpdates(t *testing.T) {
	for _, c := range []struct {
		strategy appsv1.DeploymentStrategy
		replicas int32
		want     Update
	}{
		{appsv1.DeploymentStrategy{}, 1, Update{Surge: 1}},
		{appsv1.DeploymentStrategy{}, 3, Update{Surge: 1}},
		{appsv1.DeploymentStrategy{}, 4, Update{Surge: 1, Unavailable: 1}},
		{appsv1.DeploymentStrategy{}, 10, Update{Surge: 3, Unavailable: 2}},
		{appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}, 2, Update{Recreate: true, Unavailable: 2}},
		{appsv1.DeploymentStrategy{RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: new(intstr.FromInt32(0)), MaxUnavailable: new(intstr.FromInt32(1))}}, 2, Update{Unavailable: 1}},
		{appsv1.DeploymentStrategy{RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: new(intstr.FromInt32(0)), MaxUnavailable: new(intstr.FromString("10%"))}}, 2, Update{Unavailable: 1}},
	} {
		d := &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Replicas: &c.replicas, Strategy: c.strategy, Template: template(main("1Mi", ""))}}
		w := one(t, object("Deployment", "web", d))
		assert.Equal(t, c.want, w.Update, "%+v of %d", c.strategy, c.replicas)
		assert.Equal(t, int(c.replicas), w.Pods)
	}
}

// How many pods of Jobs and CronJobs run at the same time.
func TestOverlap(t *testing.T) {
	job := batchv1.JobSpec{Parallelism: new(int32(3)), Completions: new(int32(2)), Template: template(main("1Mi", ""))}
	w := one(t, object("Job", "import", &batchv1.Job{Spec: job}))
	assert.Equal(t, Once, w.Runs)
	assert.Equal(t, 2, w.Pods, "no more than are to complete")
	for _, c := range []struct {
		schedule string
		policy   batchv1.ConcurrencyPolicy
		deadline *int64
		pods     int
		unknown  int
	}{
		{"0 3 * * *", batchv1.ForbidConcurrent, nil, 1, 0},
		{"* * * * *", batchv1.ReplaceConcurrent, nil, 1, 0},
		{"* * * * *", batchv1.AllowConcurrent, nil, 1, 1},
		{"* * * * *", "", nil, 1, 1}, // Allow is the default
		{"*/2 * * * *", batchv1.AllowConcurrent, new(int64(300)), 3, 0},
		{"0,1 3 * * *", batchv1.AllowConcurrent, new(int64(90)), 2, 0},
		{"0 3 * * *", batchv1.AllowConcurrent, new(int64(3600)), 1, 0},
		{"0 3 * * *", batchv1.AllowConcurrent, new(int64(1<<63 - 1)), 106751991167300, 0}, // as many as 64 bits hold
		{"never", batchv1.AllowConcurrent, new(int64(60)), 1, 1},
	} {
		cron := &batchv1.CronJob{Spec: batchv1.CronJobSpec{Schedule: c.schedule, ConcurrencyPolicy: c.policy}}
		cron.Spec.JobTemplate.Spec = batchv1.JobSpec{ActiveDeadlineSeconds: c.deadline, Template: template(main("1Mi", ""))}
		d := demanded(t, object("CronJob", "it", cron))
		assert.Equal(t, Timed, d.Workloads[0].Runs)
		assert.Equal(t, c.pods, d.Workloads[0].Pods, "%+v", c)
		assert.Len(t, d.Unknown, c.unknown, "%+v", c)
	}
	cron := &batchv1.CronJob{Spec: batchv1.CronJobSpec{Schedule: "0 3 * * *", ConcurrencyPolicy: batchv1.ForbidConcurrent, Suspend: new(true)}}
	cron.Spec.JobTemplate.Spec.Template = template(main("1Mi", ""))
	assert.Zero(t, one(t, object("CronJob", "it", cron)).Pods)
}

// What the API server lays over a pod before it is scheduled.
func TestAdmission(t *testing.T) {
	limits := &corev1.LimitRange{Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{{
		Type: corev1.LimitTypeContainer, Default: of("", "200Mi"), DefaultRequest: of("10m", "100Mi"),
	}}}}
	runtime := &nodev1.RuntimeClass{
		Overhead:   &nodev1.Overhead{PodFixed: of("", "50Mi")},
		Scheduling: &nodev1.Scheduling{NodeSelector: map[string]string{"gpu": "true"}, Tolerations: []corev1.Toleration{{Key: "gpu", Operator: corev1.TolerationOpExists}}},
	}
	d := &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Template: template(main("", ""), main("", "64Mi"))}}
	d.Spec.Template.Spec.RuntimeClassName = new("nvidia")
	d.Spec.Template.Spec.PriorityClassName = "system-cluster-critical"
	class := object("RuntimeClass", "nvidia", runtime)
	w := one(t, object("Deployment", "web", d), object("LimitRange", "limits", limits), class)
	requests, most := Requests(w.Template), Limits(w.Template)
	// The range's request, the range's request too where only the limit is said, and
	// the overhead.
	assert.Equal(t, "250Mi", requests.Memory().String())
	assert.Equal(t, "314Mi", most.Memory().String())
	assert.Equal(t, "20m", requests.Cpu().String())
	assert.Equal(t, map[string]string{"gpu": "true"}, w.Template.Spec.NodeSelector)
	assert.Len(t, w.Template.Spec.Tolerations, 1)
	assert.Equal(t, int32(2000000000), *w.Template.Spec.Priority)
	assert.Empty(t, d.Spec.Template.Spec.NodeSelector, "the object is as it was")
	// A limit is the request where nothing else is said.
	alone := one(t, object("Deployment", "web", &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Template: template(main("", "64Mi"))}}))
	asked := Requests(alone.Template)
	assert.Equal(t, "64Mi", asked.Memory().String())
	// A pod of which one container has no limit has none.
	open := one(t, object("Deployment", "web", &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Template: template(main("", "64Mi"), main("1Mi", ""))}}))
	assert.NotContains(t, Limits(open.Template), corev1.ResourceMemory)
}

// Autoscalers count with the most pods, and budgets belong to whom they select.
func TestScaledAndKept(t *testing.T) {
	d := &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Template: template(main("1Mi", ""))}}
	h := &autoscalingv2.HorizontalPodAutoscaler{Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
		ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{Kind: "Deployment", Name: "web"}, MaxReplicas: 7,
	}}
	b := &policyv1.PodDisruptionBudget{Spec: policyv1.PodDisruptionBudgetSpec{Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "it"}}}}
	w := one(t, object("Deployment", "web", d), object("HorizontalPodAutoscaler", "web", h), object("PodDisruptionBudget", "web", b))
	assert.Equal(t, 7, w.Pods)
	assert.Len(t, w.Budgets, 1)
}

// What a workspace's quota leaves counts as one pod, within its limits.
func TestWorkspace(t *testing.T) {
	ns := &corev1.Namespace{}
	ns.Annotations = map[string]string{"stillsuit.dev/reason": "workspace: others try things"}
	quota := &corev1.ResourceQuota{Spec: corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{
		"requests.memory": resource.MustParse("4Gi"), "limits.memory": resource.MustParse("3Gi"),
	}}}
	space := object("Namespace", "home", ns)
	d := &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Replicas: new(int32(2)), Template: template(main("256Mi", "512Mi"))}}
	all := demanded(t, space, object("ResourceQuota", "home", quota), object("Deployment", "web", d)).Workloads
	require.Len(t, all, 2)
	rest := all[1]
	assert.True(t, rest.Grants)
	asked := Requests(rest.Template)
	assert.Equal(t, "2Gi", asked.Memory().String(), "3Gi of limits less two of 512Mi")
	// In a namespace that is nobody's workspace a quota bounds, and grants nothing.
	ns.Annotations = nil
	assert.Len(t, demanded(t, space, object("ResourceQuota", "home", quota), object("Deployment", "web", d)).Workloads, 1)
}
