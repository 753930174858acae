package rig

import (
	"context"
	"crypto/tls"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

const (
	kyvernoNamespace = "kyverno"
	kyvernoChart     = "kyverno"
	// kyvernoAdmission is the Deployment and the ServiceAccount of its admission
	// controller.
	kyvernoAdmission = "kyverno-admission-controller"
)

// InstallKyverno applies Kyverno's own manifests, but for the pods of its controllers.
func (r *Rig) InstallKyverno() error {
	dir, err := r.binaries.manifests(r.Context, "kyverno")
	if err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(dir, "install-latest-testing.yaml"))
	if err != nil {
		return err
	}
	all, err := Parse(string(text))
	if err != nil {
		return err
	}
	var definitions, rest []*unstructured.Unstructured
	for _, o := range all {
		switch o.GetKind() {
		case "CustomResourceDefinition":
			definitions = append(definitions, o)
		case "Deployment":
			if o.GetName() != kyvernoAdmission {
				continue
			}
			if err := unstructured.SetNestedField(o.Object, int64(0), "spec", "replicas"); err != nil {
				return err
			}
			rest = append(rest, o)
		default:
			rest = append(rest, o)
		}
	}
	if err := r.Define(definitions...); err != nil {
		return err
	}
	for _, o := range rest {
		if err := r.Apply(o, false); err != nil {
			return fmt.Errorf("apply %s %s: %w", o.GetKind(), o.GetName(), err)
		}
	}
	return nil
}

// kyvernoChart adds Kyverno's own chart, of the release that runs here, as the version
// that is asked for. The charts that it brings along are left out: its definitions are
// among the files, and the others are off.
func (b *Binaries) kyvernoChart(ctx context.Context, files fstest.MapFS, version string) error {
	config, err := b.manifests(ctx, "kyverno")
	if err != nil {
		return err
	}
	chart := os.DirFS(filepath.Join(filepath.Dir(config), "charts", "kyverno"))
	return fs.WalkDir(chart, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == "charts" || name == "ci"):
			return fs.SkipDir
		case d.IsDir() || name == "Chart.lock":
			return nil
		}
		body, err := fs.ReadFile(chart, name)
		if err != nil {
			return err
		}
		if name == "Chart.yaml" {
			var about map[string]any
			if err := yaml.Unmarshal(body, &about); err != nil {
				return err
			}
			delete(about, "dependencies")
			about["version"] = strings.TrimPrefix(version, "v")
			if body, err = yaml.Marshal(about); err != nil {
				return err
			}
		}
		files[path.Join(kyvernoChart, name)] = &fstest.MapFile{Data: body}
		return nil
	})
}

// RunKyverno runs Kyverno's admission controller, once it is installed, with the
// arguments that its Deployment has, except for those that tell of addresses, and as
// its own ServiceAccount. It makes no reports: nobody in a rig would read them. flags are
// more of them. When it returns, the controller answers.
func (r *Rig) RunKyverno(flags ...string) error {
	var deployment *appsv1.Deployment
	if err := r.await("Kyverno to be installed", func(ctx context.Context) (bool, error) {
		var err error
		deployment, err = r.Client.AppsV1().Deployments(kyvernoNamespace).Get(ctx, kyvernoAdmission, metav1.GetOptions{})
		return err == nil, nil
	}); err != nil {
		return err
	}
	args := slices.DeleteFunc(slices.Clone(deployment.Spec.Template.Spec.Containers[0].Args), func(a string) bool {
		name, _, _ := strings.Cut(a, "=")
		return slices.Contains([]string{"--servicePort", "--webhookServerPort", "--controllerRuntimeMetricsAddress", "--disableMetrics", "--metricsHost", "--metricsPort", "--admissionReports"}, name)
	})
	env := []string{"KYVERNO_NAMESPACE=" + kyvernoNamespace, "KYVERNO_POD_NAME=" + kyvernoAdmission + "-0"}
	for _, e := range deployment.Spec.Template.Spec.Containers[0].Env {
		if e.Value != "" {
			env = append(env, e.Name+"="+e.Value)
		}
	}
	kubeconfig, home := filepath.Join(r.dir, "kyverno.kubeconfig"), filepath.Join(r.dir, "kyverno")
	if err := r.pki.kubeconfig(kubeconfig, r.Config.Host, kyvernoNamespace+":"+kyvernoAdmission); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(home, "tmp"), 0o700); err != nil {
		return err
	}
	ports, err := reserve(2)
	if err != nil {
		return err
	}
	defer ports.release()
	address := fmt.Sprintf("127.0.0.1:%d", ports.number(0))
	args = append(args, "--kubeconfig="+kubeconfig, "--serverIP="+address, "--webhookServerHost=127.0.0.1",
		fmt.Sprintf("--servicePort=%d", ports.number(0)), fmt.Sprintf("--webhookServerPort=%d", ports.number(0)),
		// Without metrics it still listens for those who ask for them.
		"--disableMetrics=true", "--metricsHost=127.0.0.1", fmt.Sprintf("--metricsPort=%d", ports.number(1)),
		"--controllerRuntimeMetricsAddress=0", "--admissionReports=false", "--leaderElectionRetryPeriod=1s")
	env = append(env, "HOME="+home, "TMPDIR="+filepath.Join(home, "tmp"), "TUF_ROOT="+home)
	ports.release()
	if err := r.processes.start("kyverno", r.binaries.Kyverno, env, append(args, flags...)...); err != nil {
		return err
	}
	// This only asks whether somebody is there; the API server checks who.
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	return r.await("Kyverno to answer", func(ctx context.Context) (bool, error) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+address+"/health/readiness", nil)
		if err != nil {
			return false, err
		}
		response, err := client.Do(request)
		if err != nil {
			return false, nil
		}
		return response.StatusCode == http.StatusOK, response.Body.Close()
	})
}
