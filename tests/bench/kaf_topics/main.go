// What `kaf topics` asks the brokers and prints, without the rest of kaf: the client library of both is sarama.
package main

import (
	"fmt"
	"log"
	"os"
	"sort"
	"text/tabwriter"

	"github.com/IBM/sarama"
)

func main() {
	config := sarama.NewConfig()
	config.Version = sarama.V2_8_0_0
	admin, err := sarama.NewClusterAdmin([]string{os.Args[1]}, config)
	if err != nil {
		log.Fatal(err)
	}
	defer admin.Close()
	topics, err := admin.ListTopics()
	if err != nil {
		log.Fatal(err)
	}
	names := make([]string, 0, len(topics))
	for name := range topics {
		names = append(names, name)
	}
	sort.Strings(names)
	table := tabwriter.NewWriter(os.Stdout, 6, 4, 3, ' ', 0)
	fmt.Fprintln(table, "NAME\tPARTITIONS\tREPLICAS\t")
	for _, name := range names {
		fmt.Fprintf(table, "%s\t%d\t%d\t\n", name, topics[name].NumPartitions, topics[name].ReplicationFactor)
	}
	table.Flush()
}
