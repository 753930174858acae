package scheduler

import (
	"math"

	"stillsuit.dev/generator/quantities"
)

// leastAllocated favours nodes with room: the mean of the free shares of cpu and memory.
func (u *usage) leastAllocated(d *demand, node int) int64 {
	r, l := &u.s.room[node], &u.loads[node]
	var sum, n int64
	if r.cpu > 0 {
		sum += freeShare(quantities.Sum(l.runsCPU, d.placedCPU), r.cpu)
		n++
	}
	if r.memory > 0 {
		sum += freeShare(quantities.Sum(l.runsMemory, d.placedMemory), r.memory)
		n++
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

func freeShare(used, room int64) int64 {
	if used > room {
		return 0
	}
	return quantities.Part(room-used, maxScore, room)
}

// balanced favours nodes where the pod brings the used shares of cpu and memory
// closer together. A pod that asks for neither has no say.
func (u *usage) balanced(d *demand, node int) int64 {
	if d.cpu == 0 && d.memory == 0 {
		return 0
	}
	r, l := &u.s.room[node], &u.loads[node]
	with := balance(quantities.Sum(l.cpu, d.cpu), quantities.Sum(l.memory, d.memory), r)
	if m := u.s.cluster.Minor; m != 0 && m <= 34 {
		return with
	}
	return maxScore/2 + (maxScore/2+with-l.balance)/2
}

// balance is 100 when cpu and memory are used to the same share, and less by half of
// their difference.
func balance(cpu, memory int64, r *room) int64 {
	if r.cpu == 0 || r.memory == 0 {
		return maxScore
	}
	a := min(float64(cpu)/float64(r.cpu), 1)
	b := min(float64(memory)/float64(r.memory), 1)
	return int64((1 - math.Abs((a-b)/2)) * maxScore)
}

// balance notes how balanced a node is as it is now.
func (u *usage) balance(node int) {
	l := &u.loads[node]
	l.balance = balance(l.cpu, l.memory, &u.s.room[node])
}
