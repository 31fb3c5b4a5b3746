package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/eclipse/paho.golang/paho"
)

const (
	remembered  = time.Minute // how long a response is kept for duplicates of its request
	firstCredit = 64          // items of a stream that need no credit
	longestID   = 256         // bytes of JSON
)

// rpcError is a failure that the caller is told.
type rpcError struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

func (e *rpcError) Error() string { return e.Message }

var (
	errCancelled  = &rpcError{Code: -32003, Message: "Cancelled"}
	errOverloaded = &rpcError{Code: -32004, Message: "Overloaded"}
)

// call is one request while it is worked on, and its response afterwards.
type call struct {
	id          any // a string or a float64, nil for a notification
	method      string
	params      json.RawMessage
	sender      string
	correlation []byte

	ctx    context.Context // ends with the caller's cancellation
	cancel context.CancelFunc
	credit atomic.Int64
	wake   chan struct{} // there may be credit
	sent   int

	response atomic.Pointer[message]
}

type key struct {
	sender string
	id     any
}

// calls is by sender and id, so that nobody can reach the request of somebody else.
var (
	calls = map[key]*call{}
	mutex sync.Mutex

	places = make(chan struct{}, limit) // for the calls that are worked on
)

// receiveRequest is called for one message after another, so it only checks, and leaves the work to a goroutine.
func receiveRequest(sender string, packet *paho.Publish) {
	correlation := packet.Properties.CorrelationData
	request, failure := readRequest(packet.Payload)
	if failure == errAnswer {
		return // or else two sides would answer each other for ever
	}
	if failure != nil {
		go respond(sender, message{"id": request.id, "error": failure}, correlation)
		return
	}
	request.sender, request.correlation = sender, correlation
	request.ctx, request.cancel = context.WithCancel(context.Background())
	request.credit.Store(firstCredit)
	request.wake = make(chan struct{}, 1)
	if earlier := find(sender, request.id); earlier != nil {
		if response := earlier.response.Load(); response != nil {
			go respond(sender, *response, correlation)
		}
		return // a duplicate; otherwise the response is on its way
	}
	select {
	case places <- struct{}{}:
		remember(request)
		go request.run()
	default: // not remembered, so that it may be asked again
		if request.id != nil {
			go respond(sender, message{"id": request.id, "error": errOverloaded}, correlation)
		}
	}
}

func find(sender string, id any) *call {
	mutex.Lock()
	defer mutex.Unlock()
	return calls[key{sender, id}]
}

// remember keeps a request, for its duplicates and for whoever cancels it.
func remember(request *call) {
	if request.id == nil {
		return // a notification
	}
	mutex.Lock()
	defer mutex.Unlock()
	key := key{request.sender, request.id}
	calls[key] = request
	time.AfterFunc(remembered, func() {
		mutex.Lock()
		defer mutex.Unlock()
		delete(calls, key)
	})
}

// errAnswer is told of what is no request but the answer to one.
var errAnswer = &rpcError{}

func readRequest(payload []byte) (*call, *rpcError) {
	request := &call{}
	if !utf8.Valid(payload) || !json.Valid(payload) {
		return request, &rpcError{Code: -32700, Message: "Parse error"}
	}
	// A map, because a struct would also take "Method" for "method".
	var fields map[string]json.RawMessage
	invalid := &rpcError{Code: -32600, Message: "Invalid request"}
	if json.Unmarshal(payload, &fields) != nil {
		return request, invalid
	}
	if fields["method"] == nil && (fields["result"] != nil || fields["error"] != nil) {
		return request, errAnswer
	}
	if raw, given := fields["id"]; given {
		var id any
		_ = json.Unmarshal(raw, &id)
		switch id.(type) {
		case string, float64:
		default:
			return request, invalid
		}
		if len(raw) > longestID {
			return request, invalid
		}
		request.id = id
	}
	var version any
	_ = json.Unmarshal(fields["jsonrpc"], &version)
	if version != "2.0" || json.Unmarshal(fields["method"], &request.method) != nil || string(fields["method"]) == "null" {
		return request, invalid
	}
	request.params = fields["params"]
	if len(request.params) > 0 && request.params[0] != '[' && request.params[0] != '{' {
		return request, invalid
	}
	return request, nil
}

func receiveControl(sender string, payload []byte) {
	var control struct {
		Method string
		Params struct {
			ID any
			N  int64
		}
	}
	if json.Unmarshal(payload, &control) != nil {
		return
	}
	switch control.Params.ID.(type) {
	case string, float64:
	default:
		return // others cannot be looked up
	}
	call := find(sender, control.Params.ID)
	switch {
	case call == nil:
	case control.Method == "$/cancelRequest":
		call.cancel()
	case control.Method == "$/more" && control.Params.N > 0:
		call.credit.Add(control.Params.N)
		select {
		case call.wake <- struct{}{}:
		default: // it will wake anyway
		}
	}
}

func (c *call) run() {
	defer func() { <-places }()
	defer c.cancel()
	response := message{"id": c.id}
	result, err := c.answer()
	var failure *rpcError
	switch {
	case errors.As(err, &failure):
		response["error"] = failure
	case err != nil:
		log.Print(err)
		response["error"] = &rpcError{Code: -32603, Message: "Internal error"}
	default:
		response["result"] = result
		if c.sent > 0 {
			response["count"] = c.sent
		}
	}
	if c.id != nil {
		c.response.Store(&response)
		respond(c.sender, response, c.correlation)
	}
}

func (c *call) answer() (any, error) {
	method, known := methods[c.method]
	if !known {
		return nil, &rpcError{Code: -32601, Message: fmt.Sprintf("There is no method %s", c.method)}
	}
	return method(c)
}

// user is the sender's, which is {org}:{user}:{random}. It comes from the topic, which the broker's access rules vouch for.
func (c *call) user() string {
	parts := strings.SplitN(c.sender, ":", 3)
	return strings.Join(parts[:min(len(parts), 2)], ":")
}

func (c *call) sleep(duration time.Duration) error {
	select {
	case <-time.After(duration):
		return nil
	case <-c.ctx.Done():
		return errCancelled
	}
}

// progress sends one item of a stream, once the caller has granted credit for it.
func (c *call) progress(value any) error {
	for c.credit.Load() <= 0 {
		select {
		case <-c.wake:
		case <-c.ctx.Done():
			return errCancelled
		}
	}
	c.credit.Add(-1)
	params := message{"id": c.id, "seq": c.sent, "value": value, "at": instance}
	c.sent++
	if c.id != nil {
		send(c.sender, message{"method": "$/progress", "params": params}, nil)
	}
	return nil
}
