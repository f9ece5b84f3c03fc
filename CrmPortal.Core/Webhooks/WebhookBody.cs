using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CrmPortal.Core.Platform.Outbox;

namespace CrmPortal.Core.Webhooks;

/// <summary>What a receiver is sent: which event, about what, and which fields; no personal values, which it reads as who it is.</summary>
internal static class WebhookBody
{
    private const string Name = "ActorName";

    /// <summary>The name of an event for its receivers, by which they know one that they have had.</summary>
    public static string IdOf(long eventId) => string.Create(CultureInfo.InvariantCulture, $"evt_{eventId}");

    public static string Of(OutboxEvent happened, long? customerId)
    {
        var body = Write(IdOf(happened.Id), happened.Topic, happened.CreatedAt, happened.SubjectId, customerId, happened.Payload);
        return Encoding.UTF8.GetByteCount(body) <= WebhookDelivery.BodyLength ? body
            : Write(IdOf(happened.Id), happened.Topic, happened.CreatedAt, happened.SubjectId, customerId, """{"Truncated":true}""");
    }

    public static string Test(string id, long webhookId, DateTimeOffset now) =>
        Write(id, WebhookTopics.Test, now, webhookId, null, "{}");

    private static string Write(string id, string topic, DateTimeOffset at, long subjectId, long? customerId, string payload)
    {
        var written = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(written))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("event", topic);
            json.WriteString("occurred_at", at.UtcDateTime);
            json.WriteNumber("subject_id", subjectId);
            if (customerId is { } customer) json.WriteNumber("customer_id", customer);
            else json.WriteNull("customer_id");
            json.WriteStartObject("data");
            using var data = JsonDocument.Parse(payload);
            foreach (var part in data.RootElement.EnumerateObject().Where(p => p.Name != Name))
            {
                json.WritePropertyName(JsonNamingPolicy.SnakeCaseLower.ConvertName(part.Name));
                part.Value.WriteTo(json);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(written.WrittenSpan);
    }
}
