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
	life        = time.Minute // of a call whose message has no expiry
	firstCredit = 64          // items of a stream that need no credit
	mostCredit  = 256         // items that are allowed and not yet sent
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
	errStalled    = &rpcError{Code: -32003, Message: "Nobody takes the stream"}
	errOverloaded = &rpcError{Code: -32004, Message: "Overloaded"}
)

// errDropped ends a call of which nobody takes the answer.
var errDropped = errors.New("dropped")

// call is one request or notification while it is worked on, and its response afterwards.
type call struct {
	id          any // a string or a float64, nil for a notification
	idText      string
	method      string
	params      json.RawMessage
	sender      string
	correlation []byte

	ctx    context.Context // ends with the caller's cancellation or the call's expiry
	cancel context.CancelCauseFunc
	credit chan struct{} // holds one for each item that is allowed
	sent   int

	response atomic.Pointer[message]
}

type key struct {
	sender string
	id     any
}

var (
	mutex  sync.Mutex         // guards these
	calls  = map[key]*call{}  // by sender and id, so that nobody can reach the request of somebody else
	places = map[string]int{} // how many calls of each account are worked on
	open   int                // of all accounts
)

// inHand is what a service that leaves waits for: whatever is not acknowledged by the broker yet, but for notifications.
var inHand sync.WaitGroup

func inBackground(work func()) {
	inHand.Add(1)
	go func() {
		defer inHand.Done()
		work()
	}()
}

// receiveRequest is called for one message after another, so it only checks, and leaves the work to a goroutine.
func receiveRequest(sender string, packet *paho.Publish) {
	correlation := packet.Properties.CorrelationData
	request, failure := readRequest(packet.Payload)
	if !shares.Load() && !elected.elects(sender, request.idText) {
		return
	}
	refuse := func(reason *rpcError) {
		inBackground(func() { respond(sender, message{"id": request.id, "error": reason}, correlation) })
	}
	if failure == errAnswer {
		return // or else two sides would answer each other for ever
	}
	if failure != nil {
		refuse(failure)
		return
	}
	request.sender, request.correlation = sender, correlation
	if earlier := find(sender, request.id); earlier != nil {
		if response := earlier.response.Load(); response != nil {
			inBackground(func() { respond(sender, *response, correlation) })
		}
		return // a duplicate; otherwise the response is on its way
	}
	begins := request.begin()
	switch {
	case begins && request.id == nil:
		go request.run(expiry(packet))
	case begins:
		inBackground(func() { request.run(expiry(packet)) })
	case request.id != nil: // not remembered, so that it may be asked again
		refuse(errOverloaded)
	}
}

func expiry(packet *paho.Publish) time.Duration {
	if seconds := packet.Properties.MessageExpiry; seconds != nil {
		return time.Duration(*seconds) * time.Second
	}
	return life
}

func find(sender string, id any) *call {
	mutex.Lock()
	defer mutex.Unlock()
	return calls[key{sender, id}]
}

// begin takes a place, where there is one, and keeps a request for its duplicates and for whoever cancels it.
func (c *call) begin() bool {
	c.credit = make(chan struct{}, mostCredit)
	c.more(firstCredit)
	c.ctx, c.cancel = context.WithCancelCause(context.Background())
	mutex.Lock()
	defer mutex.Unlock()
	user := c.user()
	if open >= limit || places[user] >= max(1, limit/2) {
		return false
	}
	open++
	places[user]++
	if c.id != nil {
		calls[key{c.sender, c.id}] = c
	}
	return true
}

// end frees its place, and forgets the call once no duplicate of it is to be expected.
func (c *call) end() {
	mutex.Lock()
	defer mutex.Unlock()
	open--
	user := c.user()
	if places[user]--; places[user] == 0 {
		delete(places, user)
	}
	forget := func() { delete(calls, key{c.sender, c.id}) }
	if c.response.Load() == nil {
		forget()
		return
	}
	time.AfterFunc(remembered, func() {
		mutex.Lock()
		defer mutex.Unlock()
		forget()
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
	if text, isText := request.id.(string); isText {
		request.idText = text
	} else {
		request.idText = string(fields["id"])
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
		call.cancel(errCancelled)
	case control.Method == "$/more":
		call.more(control.Params.N)
	}
}

// more allows so many items more; what does not fit in is void.
func (c *call) more(n int64) {
	for range min(n, mostCredit) {
		select {
		case c.credit <- struct{}{}:
		default:
			return
		}
	}
}

func (c *call) run(expiry time.Duration) {
	defer c.end()
	var stop context.CancelFunc
	c.ctx, stop = context.WithTimeoutCause(c.ctx, expiry, errDropped)
	defer stop()
	response := message{"id": c.id}
	result, err := c.answer()
	if c.ctx.Err() != nil {
		err = context.Cause(c.ctx)
	}
	var failure *rpcError
	switch {
	case err == errDropped:
		return
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
		return context.Cause(c.ctx)
	}
}

// progress sends one item of a stream, once the caller has granted credit for it.
func (c *call) progress(value any) error {
	if c.id == nil {
		return errDropped // nobody takes the items of a notification
	}
	select {
	case <-c.credit:
	case <-time.After(stall):
		return errStalled
	case <-c.ctx.Done():
		return context.Cause(c.ctx)
	}
	params := message{"id": c.id, "seq": c.sent, "value": value, "at": instance}
	c.sent++
	send(c.sender, message{"method": "$/progress", "params": params}, nil)
	return nil
}
