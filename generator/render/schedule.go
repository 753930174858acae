package render

import (
	"fmt"
	"strings"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/valid"
)

// checkSchedule reports a schedule that the CronJob controller, and Velero, cannot
// read. Both read it by the same library.
func (r *scope) checkSchedule(at model.Path, of, schedule string) {
	if strings.Contains(schedule, "TZ") {
		r.Error(at, "app/schedule", fmt.Sprintf("%s runs by %q", of, schedule), "the time zone is the cluster's, and Kubernetes refuses a second one", "remove it, and say cluster: timezone")
		return
	}
	if why := valid.Schedule(schedule); why != "" {
		r.Error(at, "app/schedule", fmt.Sprintf("%s runs by %q", of, schedule), "that "+why, `write minute, hour, day, month and weekday: "0 4 * * *"`)
	}
}

// checkTimezone reports a time zone that the API server does not know. Programs take it
// for UTC without a word.
func (r *scope) checkTimezone() {
	zone := r.d.Cluster.Timezone
	if valid.TimeZone(zone) != "" {
		r.Error(model.Path{"cluster", "timezone"}, "cluster/timezone", fmt.Sprintf("the cluster's time zone is %q", zone), "there is no such zone, so CronJobs are refused and every program keeps UTC", "write its IANA name, such as Europe/Copenhagen")
	}
}
