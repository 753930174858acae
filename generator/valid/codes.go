package valid

import "stillsuit.dev/finding"

// CodeAmount is that of an amount that cannot be counted.
const CodeAmount = "object/amount"

const (
	codeLabel    = "object/label"
	codeName     = "object/name"
	codeSchedule = "object/schedule"
)

// Codes documents the findings about values that Kubernetes refuses.
func Codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: CodeAmount, Title: "an amount that nothing can count",
			Text:    "Kubernetes counts bytes, thousandths of a core and units in 64 bits: up to 8Ei less one byte, and 2^63-1 of anything else. A larger amount is cut off or wraps round to another number, and a negative one is refused, as is a part of a resource that is counted in whole units. Pods, nodes and volumes with such an amount are left out of every sum, since what they take is not known; everything else is still checked.",
			Example: "requests: memory: \"-64Mi\"    // \"64Mi\"",
		},
		{
			Code: CodeSmall, Title: "an amount of memory or storage that is too small to be meant",
			Text:    "The unit m, which 250m of a processor has, is a thousandth: 512m of memory is half a byte. An amount without a unit counts bytes. A container with a memory limit below 1Mi is killed before its program starts, a request that small keeps nothing free, and a claim that small holds no file system. Kubernetes takes all of them, at most with a warning about parts of a byte. In a tree that no CUE produced it is an error for the limit of a container and a warning for what else is that small; a small directory with a unit such as 64Ki may be meant, and is not reported.",
			Example: "limits: memory: \"512m\"    // \"512Mi\"",
		},
		{
			Code: codeLabel, Title: "a label that Kubernetes refuses",
			Text:    "The key of a label, taint or annotation is up to 63 letters, digits, dashes, underscores and dots, perhaps with a DNS name and a slash before it. The value of a label is of the same characters and of the same length, or empty. The API server refuses the whole object for one that is not, and Flux then applies nothing of its unit. It does not look at the key of a topology spread constraint, at the topologies of a storage class and at the values of a preferred node affinity: there it is a warning, since no node has such a label.",
			Example: "labels: note: \"runs at night\"    // \"runs-at-night\", or an annotation",
		},
		{
			Code: codeName, Title: "a name that Kubernetes refuses",
			Text:    "Most objects are named by lower-case letters, digits, dashes and dots, at most 253 of them. Namespaces, containers and volumes have no dots and at most 63 characters, Services start with a letter, ports have at most 15 characters, Jobs 63, and CronJobs 52, since the controller adds 11 for the name of a Job. A host of an Ingress is a name too, without scheme, port and path.",
			Example: "metadata: {name: Web_Server}    // web-server",
		},
		{
			Code: codeSchedule, Title: "a schedule or time zone that Kubernetes refuses",
			Text:    "A schedule is five fields, minute, hour, day, month and weekday, or a macro such as @daily. A CronJob names its time zone in a field of its own, as the IANA database does.",
			Example: "schedule: \"61 4 * * *\"    # \"1 4 * * *\"",
		},
	}
}
