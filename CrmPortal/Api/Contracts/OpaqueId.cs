using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CrmPortal.Api.Contracts;

/// <summary>The id of a record as each contract writes it: a number or a string of digits (<see cref="ApiContract.Ids"/>).</summary>
internal readonly record struct OpaqueId(long Value)
{
    private const string NotFound = "Customer not found";

    /// <exception cref="ApiException">There is no customer with such an id.</exception>
    public static long Read(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number : throw ApiException.NotFound(NotFound);
}

/// <summary>Takes ids in the form of one contract only, so that no client relies on the other.</summary>
internal sealed class OpaqueIdConverter(IdForm form) : JsonConverter<OpaqueId>
{
    public override OpaqueId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var (written, id) = reader.TokenType == JsonTokenType.String
            ? (IdForm.Text, OpaqueId.Read(reader.GetString()!)) : (IdForm.Number, reader.GetInt64());
        if (written == form) return new(id);
        throw new UnreadableValueException(form == IdForm.Text
            ? "The id of a customer is a string here." : "The id of a customer is a number here.");
    }

    public override void Write(Utf8JsonWriter writer, OpaqueId value, JsonSerializerOptions options)
    {
        if (form == IdForm.Text) writer.WriteStringValue(value.Value.ToString(CultureInfo.InvariantCulture));
        else writer.WriteNumberValue(value.Value);
    }
}

/// <summary>A value in JSON that is refused with a sentence of its own; the serializer adds whose value it is.</summary>
internal sealed class UnreadableValueException(string sentence) : JsonException(sentence);
