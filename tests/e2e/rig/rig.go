package rig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"

	"stillsuit.dev/generator/model"
)

// Rig is a running control plane with the nodes of one cluster.
type Rig struct {
	// Client and Dynamic are the administrator.
	Client  kubernetes.Interface
	Dynamic dynamic.Interface
	// Mapper knows the kinds that the API server serves; Reset it after new CRDs.
	Mapper *restmapper.DeferredDiscoveryRESTMapper
	// Config connects as the administrator.
	Config *rest.Config
	// Context ends with the rig. Its cause then says which program ended, and why.
	Context context.Context

	binaries   *Binaries
	pki        *pki
	processes  *processes
	dir        string
	kubeconfig string
	cancel     context.CancelCauseFunc
}

const patience = 2 * time.Minute // for a program to come up

// Start starts the control plane of a cluster in dir, where it keeps its data
// and logs, and plays the cluster's nodes. flags are more of them for the API server.
// Stop it in any case, after an error too.
func Start(ctx context.Context, dir string, binaries *Binaries, cluster *model.Cluster, flags ...string) (*Rig, error) {
	return start(ctx, dir, binaries, func(r *Rig, ports reserved) error {
		if err := r.serve(ports, cluster.Network.Services, flags); err != nil {
			return err
		}
		if err := r.control(ports); err != nil {
			return err
		}
		return r.nodes(cluster)
	})
}

// StartServer starts etcd and the API server in dir, and nothing that acts on their
// objects. services is the range of Services' addresses.
func StartServer(ctx context.Context, dir string, binaries *Binaries, services string, flags ...string) (*Rig, error) {
	return start(ctx, dir, binaries, func(r *Rig, ports reserved) error { return r.serve(ports, services, flags) })
}

func start(ctx context.Context, dir string, binaries *Binaries, programs func(*Rig, reserved) error) (*Rig, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	r := &Rig{Context: ctx, binaries: binaries, dir: dir, cancel: cancel, kubeconfig: filepath.Join(dir, "kubeconfig")}
	r.processes = newProcesses(dir, cancel)
	ports, err := reserve(5)
	if err != nil {
		return r, err
	}
	defer ports.release()
	return r, r.explain(programs(r, ports))
}

// Stop ends every program.
func (r *Rig) Stop() error {
	r.processes.close()
	r.cancel(errors.New("the rig was stopped")) // those who watch end before what they watch
	return r.processes.stop()
}

// explain says why the rig is down, when that is why something failed.
func (r *Rig) explain(err error) error {
	if cause := context.Cause(r.Context); err != nil && cause != nil && r.Context.Err() != nil {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// serve starts etcd and the API server, and makes the clients.
func (r *Rig) serve(ports reserved, services string, flags []string) error {
	pki, err := newPKI(r.dir)
	if err != nil {
		return err
	}
	r.pki = pki
	local := func(i int) string { return fmt.Sprintf("http://127.0.0.1:%d", ports.number(i)) }
	api := fmt.Sprintf("https://127.0.0.1:%d", ports.number(2))
	if err := pki.kubeconfig(r.kubeconfig, api, ""); err != nil {
		return err
	}
	r.Config = pki.config(api)
	if r.Client, err = kubernetes.NewForConfig(r.Config); err != nil {
		return err
	}
	if r.Dynamic, err = dynamic.NewForConfig(r.Config); err != nil {
		return err
	}
	r.Mapper = restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(r.Client.Discovery()))

	ports.release(0, 1)
	if err := r.processes.start("etcd", r.binaries.Etcd, nil,
		"--name=e2e", "--data-dir="+filepath.Join(r.dir, "etcd"), "--unsafe-no-fsync", "--log-level=warn",
		"--listen-client-urls="+local(0), "--advertise-client-urls="+local(0),
		"--listen-peer-urls="+local(1), "--initial-advertise-peer-urls="+local(1), "--initial-cluster=e2e="+local(1)); err != nil {
		return err
	}
	ports.release(2)
	if err := r.processes.start("kube-apiserver", r.binaries.Kube, nil, append([]string{"kube-apiserver",
		"--etcd-servers=" + local(0), "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", ports.number(2)),
		"--tls-cert-file=" + pki.crt, "--tls-private-key-file=" + pki.key, "--client-ca-file=" + pki.ca,
		"--token-auth-file=" + pki.tokens, "--anonymous-auth=true", "--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file=" + pki.saPub, "--service-account-signing-key-file=" + pki.saKey,
		"--service-cluster-ip-range=" + services, "--allow-privileged=true", "--endpoint-reconciler-type=none", "--event-ttl=1h"}, flags...)...); err != nil {
		return err
	}
	return r.await("the API server", func(ctx context.Context) (bool, error) {
		b, err := r.Client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		return err == nil && string(b) == "ok", nil
	})
}

// control starts the controller manager and the scheduler.
func (r *Rig) control(ports reserved) error {
	pki := r.pki
	as := []string{"--kubeconfig=" + r.kubeconfig, "--authentication-kubeconfig=" + r.kubeconfig, "--authorization-kubeconfig=" + r.kubeconfig, "--bind-address=127.0.0.1", "--leader-elect=false"}
	ports.release(3)
	if err := r.processes.start("kube-controller-manager", r.binaries.Kube, nil, append([]string{"kube-controller-manager", fmt.Sprintf("--secure-port=%d", ports.number(3)),
		"--service-account-private-key-file=" + pki.saKey, "--root-ca-file=" + pki.ca, "--use-service-account-credentials=true",
		"--pvclaimbinder-sync-period=1s",  // a claim that has no pod yet is looked at that often; Kubernetes' own is 15s
		"--node-monitor-grace-period=10m", // a machine with much other work loses no node: kwok would not make its pods ready again
		"--cluster-signing-cert-file=" + pki.ca, "--cluster-signing-key-file=" + pki.caKey}, as...)...); err != nil {
		return err
	}
	ports.release(4)
	return r.processes.start("kube-scheduler", r.binaries.Kube, nil, append([]string{"kube-scheduler", fmt.Sprintf("--secure-port=%d", ports.number(4))}, as...)...)
}

// await waits until a condition holds, at most as long as a program may take
// to come up.
func (r *Rig) await(what string, condition wait.ConditionWithContextFunc) error {
	return r.Await(what, patience, condition)
}

// Await waits until a condition holds, and says what did not come when it does
// not within the time. An error of the condition ends the wait.
func (r *Rig) Await(what string, within time.Duration, condition wait.ConditionWithContextFunc) error {
	err := wait.PollUntilContextTimeout(r.Context, 100*time.Millisecond, within, true, condition)
	if err != nil {
		return r.explain(fmt.Errorf("waited for %s: %w; logs are in %s", what, err, r.dir))
	}
	return nil
}

// Logs is the directory of the rig's logs.
func (r *Rig) Logs() string { return r.dir }

// Log returns the last n lines of a program's log.
func (r *Rig) Log(program string, n int) string {
	return tail(filepath.Join(r.dir, program+".log"), n)
}

// read joins the YAML files that match patterns below a directory.
func read(dir string, patterns ...string) (string, error) {
	var out strings.Builder
	for _, pattern := range patterns {
		names, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
		if err != nil {
			return "", err
		}
		if len(names) == 0 {
			return "", fmt.Errorf("no file matches %s in %s", pattern, dir)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				return "", err
			}
			out.WriteString("---\n")
			out.Write(b)
			out.WriteString("\n")
		}
	}
	return out.String(), nil
}
