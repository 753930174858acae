package scope

import (
	"fmt"
	"strings"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/valid"
)

// CheckSchedule reports a schedule that the CronJob controller, and Velero, cannot
// read. Both read it by the same library.
func (r *Scope) CheckSchedule(at model.Path, of, schedule string) {
	if strings.Contains(schedule, "TZ") {
		r.Error(at, "app/schedule", fmt.Sprintf("%s runs by %q", of, schedule), "the time zone is the cluster's, and Kubernetes refuses a second one", "remove it, and say cluster: timezone")
		return
	}
	if why := valid.Schedule(schedule); why != "" {
		r.Error(at, "app/schedule", fmt.Sprintf("%s runs by %q", of, schedule), "that "+why, `write minute, hour, day, month and weekday: "0 4 * * *"`)
	}
}
