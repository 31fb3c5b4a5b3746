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
	"strconv"
	"strings"
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
	clientID  = cmp.Or(os.Getenv("WSMQ_CLIENT_ID"), service+"-"+instance)
	requests  = root + "webapp/req/" + service + "/"
	control   = root + "webapp/svc/" + service + "/"
	record    = control + instance

	connection *autopaho.ConnectionManager
)

const notRetained = 2 // Retain Handling: retained messages are not sent

// rootTopic tells an empty root, which is allowed, from none.
func rootTopic() string {
	if root, set := os.LookupEnv("WSMQ_ROOT"); set {
		return root
	}
	return "evsuites/"
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
		if received.Packet.Retain {
			return true, nil // of the past; only records are ever retained
		}
		topic := received.Packet.Topic
		sender := topic[strings.LastIndex(topic, "/")+1:]
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
		OnConnectionUp: func(connection *autopaho.ConnectionManager, _ *paho.Connack) {
			go start(ctx, connection)
		},
		ClientConfig: paho.ClientConfig{
			ClientID:          clientID,
			OnPublishReceived: []func(paho.PublishReceived) (bool, error){receive},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	<-ctx.Done()
	end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	publish(end, connection, &paho.Publish{Topic: record, Payload: announcement(false), QoS: 1, Retain: true})
	connection.Disconnect(end)
}

// start subscribes and then tells that requests are answered; after every reconnection again.
func start(ctx context.Context, connection *autopaho.ConnectionManager) {
	_, err := connection.Subscribe(ctx, &paho.Subscribe{Subscriptions: []paho.SubscribeOptions{
		{Topic: "$share/" + service + "/" + requests + "+", QoS: 1, RetainHandling: notRetained},
		{Topic: record + "/+", QoS: 1, RetainHandling: notRetained},
		{Topic: control + "_all/+", QoS: 1, RetainHandling: notRetained},
	}})
	if err != nil {
		log.Print("the broker refused a subscription: ", err)
		return
	}
	publish(ctx, connection, &paho.Publish{Topic: record, Payload: announcement(true), QoS: 1, Retain: true})
	log.Printf("%s/%s answers", service, instance)
}

func announcement(online bool) []byte {
	about := message{"online": online, "service": service, "instance": instance}
	if online {
		about["version"], about["methods"], about["since"] = "1.0.0", methodNames(), time.Now().UnixMilli()
	}
	payload, _ := json.Marshal(about)
	return payload
}

// send sends to a webapp and waits until the broker has it, so that what follows stays behind it.
func send(sender string, content message, properties *paho.PublishProperties) {
	content = maps.Clone(content) // a remembered response may go out twice at the same time
	content["jsonrpc"] = "2.0"
	payload, err := json.Marshal(content)
	if err != nil {
		log.Print(err)
		return
	}
	topic := root + "webapp/res/" + sender
	publish(context.Background(), connection, &paho.Publish{Topic: topic, Payload: payload, QoS: 1, Properties: properties})
}

func respond(sender string, response message, correlation []byte) {
	send(sender, response, &paho.PublishProperties{ContentType: "application/json", CorrelationData: correlation})
}

func publish(ctx context.Context, connection *autopaho.ConnectionManager, packet *paho.Publish) {
	if _, err := connection.Publish(ctx, packet); err != nil {
		log.Print(err)
	}
}
