// The demo service in Go, with Eclipse Paho. README.md says how to start it and how it works.
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"log"
	"maps"
	"net/url"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/eclipse/paho.golang/autopaho"
	"github.com/eclipse/paho.golang/paho"
)

var (
	brokerURL = cmp.Or(os.Getenv("WSMQ_URL"), "mqtt://localhost")
	root      = rootTopic()
	service   = cmp.Or(os.Getenv("WSMQ_SERVICE"), "demo")
	limit     = numberOr(os.Getenv("WSMQ_LIMIT"), 1000)                                     // calls that may be worked on at a time, half of them for one account
	stall     = time.Duration(numberOr(os.Getenv("WSMQ_STALL"), 30_000)) * time.Millisecond // that a stream waits for credit
	instance  = "go-" + randomName()
	since     = time.Now().UnixMilli()
	clientID  = cmp.Or(os.Getenv("WSMQ_CLIENT_ID"), service+"-"+instance)
	requests  = root + "webapp/req/" + service + "/"
	control   = root + "webapp/svc/" + service + "/"
	record    = control + instance

	sharedRequests = "$share/" + service + "/" + requests + "+"

	recordExpiry = uint32(numberOr(os.Getenv("WSMQ_RECORD_EXPIRY"), 600)) // seconds, for one that died with its broker

	connection *autopaho.ConnectionManager
	shares     atomic.Bool // the requests, with the other instances
	leaving    atomic.Bool
	elected    = &election{own: instance, tell: renew}

	telling  sync.Mutex  // held while the record is published
	isOnline atomic.Bool // as it says on this connection

	// {org}:{user}:{random}
	soundUID = regexp.MustCompile(`^([^\x00-\x1f\x7f-\x{9f}/+#:]+):([^\x00-\x1f\x7f-\x{9f}/+#:]+):[a-z0-9]{4,16}$`)
)

const (
	notRetained = 2               // Retain Handling: retained messages are not sent
	patience    = 5 * time.Second // for what is in hand when the service leaves
	contentType = "application/json"
)

func isUID(uid string) bool {
	parts := soundUID.FindStringSubmatch(uid)
	return parts != nil && len(parts[1]) <= 64 && len(parts[2]) <= 64
}

// rootTopic tells an empty root, which is allowed, from none.
func rootTopic() string {
	if root, set := os.LookupEnv("WSMQ_ROOT"); set {
		return root
	}
	return "app/"
}

func numberOr(text string, otherwise int) int {
	if number, err := strconv.Atoi(text); err == nil {
		return number
	}
	return otherwise
}

func randomName() string {
	bytes := make([]byte, 4)
	rand.Read(bytes)
	return hex.EncodeToString(bytes)
}

type message map[string]any

func main() {
	broker, err := url.Parse(brokerURL)
	if err != nil {
		log.Fatal(err)
	}
	port, known := map[string]string{"mqtt": "1883", "mqtts": "8883"}[broker.Scheme]
	if !known {
		log.Fatal("WSMQ_URL begins with mqtt:// or mqtts://")
	}
	if broker.Port() == "" {
		broker.Host += ":" + port
	}
	password, _ := broker.User.Password()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	receive := func(received paho.PublishReceived) (bool, error) {
		topic := received.Packet.Topic
		if name, isControl := strings.CutPrefix(topic, control); isControl && !strings.Contains(name, "/") {
			elected.handleRecord(name, received.Packet)
			return true, nil
		}
		sender := topic[strings.LastIndex(topic, "/")+1:]
		if received.Packet.Retain || !isUID(sender) {
			return true, nil // only records are ever retained
		}
		if strings.HasPrefix(topic, requests) {
			receiveRequest(sender, received.Packet)
		} else {
			receiveControl(sender, received.Packet.Payload)
		}
		return true, nil
	}
	// Not the context of the signal: its end would close the connection before the last record is out.
	connection, err = autopaho.NewConnection(context.Background(), autopaho.ClientConfig{
		ServerUrls:                    []*url.URL{broker},
		ConnectUsername:               broker.User.Username(),
		ConnectPassword:               []byte(password),
		KeepAlive:                     30,
		CleanStartOnInitialConnection: true,
		ReconnectBackoff:              func(int) time.Duration { return time.Second },
		WillMessage:                   &paho.WillMessage{Topic: record, Payload: announcement(false), QoS: 1, Retain: true},
		OnConnectError:                func(err error) { log.Print(err) },
		OnConnectionUp: func(connection *autopaho.ConnectionManager, connack *paho.Connack) {
			elected.clear()
			go start(ctx, connection, connack.Properties.SharedSubAvailable)
		},
		OnConnectionDown: func() bool {
			isOnline.Store(false)
			return true
		},
		ClientConfig: paho.ClientConfig{
			ClientID:          clientID,
			OnPublishReceived: []func(paho.PublishReceived) (bool, error){receive},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	for renewals := time.NewTicker(time.Duration(recordExpiry) * time.Second / 2); ctx.Err() == nil; {
		select {
		case <-renewals.C:
			go renew()
		case <-ctx.Done():
		}
	}
	leave()
	end, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	connection.Disconnect(end)
}

// leave returns when what has come before the broker stops sending requests is answered, and acknowledged.
func leave() {
	end, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	leaving.Store(true)
	announce(end, connection, false)
	filter := requests + "+"
	if shares.Load() {
		filter = sharedRequests
	}
	if _, err := connection.Unsubscribe(end, &paho.Unsubscribe{Topics: []string{filter}}); err != nil {
		log.Print(err)
	}
	done := make(chan struct{})
	go func() {
		inHand.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-end.Done():
	}
}

// start subscribes and then tells that requests are answered; after every reconnection again.
func start(ctx context.Context, connection *autopaho.ConnectionManager, canShare bool) {
	live := func(topic string) paho.SubscribeOptions {
		return paho.SubscribeOptions{Topic: topic, QoS: 1, RetainHandling: notRetained}
	}
	subscribe := func(subscriptions ...paho.SubscribeOptions) bool {
		_, err := connection.Subscribe(ctx, &paho.Subscribe{Subscriptions: subscriptions})
		if err != nil {
			log.Print("the broker refused a subscription: ", err)
		}
		return err == nil
	}
	if !subscribe(live(record+"/+"), live(control+"_all/+")) {
		return
	}
	shares.Store(canShare && subscribe(live(sharedRequests)))
	// Who is there is heard of before the first request.
	if !shares.Load() && !subscribe(paho.SubscribeOptions{Topic: control + "+", QoS: 1}, live(requests+"+")) {
		return
	}
	announce(ctx, connection, true)
	log.Printf("%s/%s answers", service, instance)
}

func announce(ctx context.Context, connection *autopaho.ConnectionManager, online bool) {
	telling.Lock()
	defer telling.Unlock()
	if online && leaving.Load() {
		return
	}
	isOnline.Store(online)
	publishRecord(ctx, connection, online)
}

// renew tells again that this instance answers, before the record expires.
func renew() {
	telling.Lock()
	defer telling.Unlock()
	if isOnline.Load() {
		publishRecord(context.Background(), connection, true)
	}
}

func publishRecord(ctx context.Context, connection *autopaho.ConnectionManager, online bool) {
	properties := &paho.PublishProperties{ContentType: contentType, MessageExpiry: &recordExpiry}
	publish(ctx, connection, &paho.Publish{Topic: record, Payload: announcement(online), QoS: 1, Retain: true, Properties: properties})
}

func announcement(online bool) []byte {
	about := message{"online": online, "service": service, "instance": instance}
	if online {
		about["version"], about["methods"], about["since"] = "1.0.0", methodNames(), since
	}
	payload, _ := json.Marshal(about)
	return payload
}

// send sends to a webapp and waits until the broker has it, so that what follows stays behind it.
func send(sender string, content message, correlation []byte) {
	content = maps.Clone(content) // a remembered response may go out twice at the same time
	content["jsonrpc"] = "2.0"
	payload, err := json.Marshal(content)
	if err != nil {
		log.Print(err)
		return
	}
	topic := root + "webapp/res/" + sender
	properties := &paho.PublishProperties{ContentType: contentType, CorrelationData: correlation}
	publish(context.Background(), connection, &paho.Publish{Topic: topic, Payload: payload, QoS: 1, Properties: properties})
}

func respond(sender string, response message, correlation []byte) {
	send(sender, response, correlation)
}

func publish(ctx context.Context, connection *autopaho.ConnectionManager, packet *paho.Publish) {
	if _, err := connection.Publish(ctx, packet); err != nil {
		log.Print(err)
	}
}
