package valid

import (
	"strings"
	"time"
	_ "time/tzdata" // so that every machine knows the same zones

	"github.com/robfig/cron/v3"
)

// Schedule says in words why the API server refuses a schedule, or Velero and Kyverno,
// which read it by the same library; "" when they do not
// (k8s.io/kubernetes, pkg/apis/batch/validation, validateScheduleFormat).
func Schedule(text string) string {
	if strings.Contains(text, "TZ") { // the library panics on some of these
		return "names a time zone, and a schedule cannot"
	}
	if _, err := cron.ParseStandard(text); err != nil {
		return "is no schedule (" + err.Error() + ")"
	}
	return ""
}

// TimeZone says in words why the API server refuses a time zone; "" when it does not
// (k8s.io/kubernetes, pkg/apis/batch/validation, validateTimeZone).
func TimeZone(text string) string {
	if _, err := time.LoadLocation(text); err != nil || text == "" || strings.EqualFold(text, "local") {
		return "is not a time zone"
	}
	return ""
}

func schedule(value any, keys []string) []Problem {
	text, ok := value.(string)
	if !ok {
		return nil
	}
	if why := Schedule(text); why != "" {
		mend := `write minute, hour, day, month and weekday: "0 4 * * *"`
		if strings.Contains(text, "TZ") {
			mend = "remove it, and write the zone into the field timeZone"
		}
		return problem(codeSchedule, keys, text, why, mend)
	}
	return nil
}

func timeZone(value any, keys []string) []Problem {
	text, ok := value.(string)
	if !ok {
		return nil
	}
	if why := TimeZone(text); why != "" {
		return problem(codeSchedule, keys, text, why, "write its IANA name, such as Europe/Copenhagen")
	}
	return nil
}
