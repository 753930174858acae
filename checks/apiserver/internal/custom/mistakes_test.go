package custom_test

import (
	"fmt"
	"testing"
)

func TestExplore(t *testing.T) {
	d := five(t)
	for _, text := range []string{
		`{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: web, namespace: lab}, spec: {parentRefs: [{nmae: public}], hostnames: [web.example.org]}}`,
		`{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: web, namespace: lab, lables: {}}, spec: {parentRefs: {name: public}, hostnames: ["https://web.example.org", a_b]}}`,
		`{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: web, namespace: lab}, spec: {rules: [{matches: [{path: {type: Prefix, value: api}}], backendRefs: [{name: a, port: "80"}]}]}}`,
		`{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: web, namespace: lab}, spec: {rules: [{matches: [{path: {type: PathPrefix, value: api}}], backendRefs: [{name: a, port: 80000}]}]}}`,
		`{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: web, namespace: lab}, spec: {rules: [{matches: [{path: {type: PathPrefix, value: api}}], backendRefs: [{name: a}]}]}}`,
		`{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: web, namespace: lab}, spec: {rules: [{filters: [{type: RequestRedirect, requestRedirect: {statusCode: 301}}], backendRefs: [{name: a, port: 80}]}]}}`,
		`{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: web, namespace: lab}, spec: {rules: [{matches: [{headers: [{name: a, value: b}, {name: a, value: c}]}]}]}}`,
		`{apiVersion: gateway.networking.k8s.io/v1alpha2, kind: HTTPRoute, metadata: {name: web, namespace: lab}, spec: {}}`,
		`{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: web, namespace: lab, labels: {a: 5}}, spec: {}}`,
		`{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: web, namespace: lab}, spec: {rules: [{name: "${X}", matches: [{path: {type: PathPrefix, value: "${P}"}}]}]}}`,
		`{apiVersion: metallb.io/v1beta2, kind: BGPPeer, metadata: {name: a, namespace: b}, spec: {myASN: 0, peerASN: 5, dynamicASN: internal, peerAddress: x}}`,
		`{apiVersion: metallb.io/v1beta2, kind: BGPPeer, metadata: {name: a, namespace: b}, spec: {myASN: 5, peerASN: 5000000000, holdTime: 90, peerAddress: 1.1.1.1}}`,
		`{apiVersion: metallb.io/v1beta2, kind: BGPPeer, metadata: {name: a, namespace: b}, spec: {peerAddress: 1.1.1.1, nodeSelectors: [{matchLabels: {a: true}}]}}`,
		`{apiVersion: metallb.io/v1beta2, kind: BGPPeer, metadata: {name: a, namespace: b}}`,
		`{apiVersion: metallb.io/v1beta2, kind: BGPPeer, metadata: {name: a, namespace: b}, spec: null}`,
		`{apiVersion: postgresql.cnpg.io/v1, kind: Database, metadata: {name: a, namespace: b}, spec: {cluster: {name: c}, name: postgres, owner: app}}`,
		`{apiVersion: postgresql.cnpg.io/v1, kind: Database, metadata: {name: a, namespace: b}, spec: {cluster: {name: c}, name: x, owner: app, builtinLocale: C, ensure: Absent, extensions: [{name: a}, {name: a, ensure: absent, version: 1}]}}`,
		`{apiVersion: karpenter.sh/v1, kind: NodePool, metadata: {name: a}, spec: {template: {spec: {requirements: [{key: karpenter.sh/nodepool, operator: In, values: [a]}, {key: x, operator: In}], nodeClassRef: {group: "", kind: K, name: n}}}, disruption: {budgets: [{nodes: 101%, schedule: x}]}}}`,
		`{apiVersion: karpenter.sh/v1, kind: NodePool, metadata: {name: a}, spec: {template: {spec: {requirements: [{key: x, operator: In, values: []}], nodeClassRef: {group: g, kind: K, name: n}}}, replicas: -1, limits: {cpu: []}}}`,
		`{apiVersion: external-secrets.io/v1alpha1, kind: PushSecret, metadata: {name: a, namespace: b}, spec: {secretStoreRefs: [{name: v, kind: Store}], selector: {}, data: [{match: {remoteRef: {remoteKey: a}}}]}}`,
	} {
		fmt.Print(lines(t, d, object(t, text)), "--\n")
	}
}
