package render

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // so that every machine knows the same zones

	"github.com/robfig/cron/v3"

	"stillsuit.dev/generator/model"
)

// checkSchedule reports a schedule that the CronJob controller, and Velero, cannot
// read. Both read it by the same library.
func (r *renderer) checkSchedule(at model.Path, of, schedule string) {
	if strings.HasPrefix(schedule, "TZ=") || strings.HasPrefix(schedule, "CRON_TZ=") {
		r.Error(at, "app/schedule", fmt.Sprintf("%s runs by %q", of, schedule), "the time zone is the cluster's, and Kubernetes refuses a second one", "remove it, and say cluster: timezone")
		return
	}
	if _, err := cron.ParseStandard(schedule); err != nil {
		r.Error(at, "app/schedule", fmt.Sprintf("%s runs by %q", of, schedule), fmt.Sprintf("that is no schedule (%v)", err), `write minute, hour, day, month and weekday: "0 4 * * *"`)
	}
}

// checkTimezone reports a time zone that the API server does not know. Programs take it
// for UTC without a word.
func (r *renderer) checkTimezone() {
	zone := r.d.Cluster.Timezone
	if _, err := time.LoadLocation(zone); err != nil || strings.EqualFold(zone, "local") {
		r.Error(model.Path{"cluster", "timezone"}, "cluster/timezone", fmt.Sprintf("the cluster's time zone is %q", zone), "there is no such zone, so CronJobs are refused and every program keeps UTC", "write its IANA name, such as Europe/Copenhagen")
	}
}
