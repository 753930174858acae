package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// errAnswer says that what came is not an answer to be used.
var errAnswer = errors.New("its answer cannot be used")

// exchange sends a request and reads the whole answer, within a time and up to
// maxBody.
type exchange struct {
	next    http.RoundTripper
	sent    *atomic.Int64
	timeout time.Duration
}

func (x *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), x.timeout)
	defer cancel()
	x.sent.Add(1)
	res, err := x.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	_ = res.Body.Close() // all that is wanted was read
	if err != nil {
		return nil, err
	}
	if len(body) > maxBody {
		return nil, fmt.Errorf("%w: it is larger than %d MiB", errAnswer, maxBody>>20)
	}
	if err := verify(res, body); err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	res.Request = req
	return res, nil
}

// verify compares a manifest with the digest that the registry names in the
// header. Nodes pull by that digest, so an image with another would not start.
func verify(res *http.Response, body []byte) error {
	digest, ok := strings.CutPrefix(res.Header.Get("Docker-Content-Digest"), "sha256:")
	if !ok || res.Request.Method != http.MethodGet || res.StatusCode != http.StatusOK || !strings.Contains(res.Request.URL.Path, "/manifests/") {
		return nil
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != digest {
		return fmt.Errorf("%w: the manifest does not have the digest that its header names", errAnswer)
	}
	return nil
}

// The patience of retry, our choice. Docker Hub's limit is counted over hours:
// a longer wait than a minute is for the user to decide.
const (
	tries   = 5
	first   = time.Second
	longest = time.Minute
)

// retry sends a GET or HEAD again when the registry says that it is busy, or the
// connection broke.
type retry struct {
	next http.RoundTripper
	wait func(context.Context, time.Duration) error
}

func (r *retry) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		return r.next.RoundTrip(req)
	}
	pause := first
	for try := 1; ; try++ {
		res, err := r.next.RoundTrip(req)
		if req.Context().Err() != nil || try == tries || err != nil && !broken(err) || err == nil && !busy(res.StatusCode) {
			return res, err
		}
		long := pause
		if err == nil {
			long = max(long, retryAfter(res))
		}
		if long > longest || !enough(req.Context(), long) {
			return res, err
		}
		if err := r.wait(req.Context(), long); err != nil {
			return nil, err
		}
		pause *= 2
	}
}

func busy(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// broken reports whether a connection failed in a way that another may not.
func broken(err error) bool {
	var timeout net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EPIPE) || errors.As(err, &timeout) && timeout.Timeout()
}

// retryAfter is how long the registry asks to wait (RFC 9110, 10.2.3).
func retryAfter(res *http.Response) time.Duration {
	value := res.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(seconds, 1<<20)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return time.Until(at)
	}
	return 0
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
