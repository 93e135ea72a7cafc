#pragma once
#include <librdkafka/rdkafka.h>

#include "core/handle.hpp"
#include "kafka/record.hpp"

/// Owners of librdkafka's objects. For the .cpp files of this room only; no other header of the room includes librdkafka, client.hpp
/// excepted.
namespace ctl::kafka {

using RdKafka = Handle<rd_kafka_t, rd_kafka_destroy>;
using Conf = Handle<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using TopicConf = Handle<rd_kafka_topic_conf_t, rd_kafka_topic_conf_destroy>;
using Headers = Handle<rd_kafka_headers_t, rd_kafka_headers_destroy>;
using TopicHandle = Handle<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using Queue = Handle<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using Event = Handle<rd_kafka_event_t, rd_kafka_event_destroy>;
using Failure = Handle<rd_kafka_error_t, rd_kafka_error_destroy>;
using Metadata = Handle<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>;
using PartitionList = Handle<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using AdminOptions = Handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using NewTopic = Handle<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using NewPartitions = Handle<rd_kafka_NewPartitions_t, rd_kafka_NewPartitions_destroy>;
using DeleteTopic = Handle<rd_kafka_DeleteTopic_t, rd_kafka_DeleteTopic_destroy>;
using ConfigResource = Handle<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;
using ListGroupOffsets = Handle<rd_kafka_ListConsumerGroupOffsets_t, rd_kafka_ListConsumerGroupOffsets_destroy>;
using AlterGroupOffsets = Handle<rd_kafka_AlterConsumerGroupOffsets_t, rd_kafka_AlterConsumerGroupOffsets_destroy>;
using DeleteGroupOffsets = Handle<rd_kafka_DeleteConsumerGroupOffsets_t, rd_kafka_DeleteConsumerGroupOffsets_destroy>;

/// For a record that is to be written, which takes them when it is taken; null if there are none.
[[nodiscard]] Headers to_headers(std::span<const Header>);

/// A field of such a record, filled in place: to clear and to copy these unions takes a tenth of a record's time. No bytes are no key, or
/// no value, which an empty text is not. librdkafka takes them as void* and, told to copy, does not write to them.
inline void put_bytes(rd_kafka_vu_t& field, rd_kafka_vtype_t type, std::optional<std::string_view> bytes) noexcept {
  field.vtype = type;
  field.u.mem.ptr = !bytes ? nullptr : const_cast<char*>(bytes->empty() ? "" : bytes->data());
  field.u.mem.size = bytes ? bytes->size() : 0;
}

inline void free_text(char* text) noexcept { rd_kafka_mem_free(nullptr, text); }
using Text = Handle<char, free_text>;

}  // namespace ctl::kafka
