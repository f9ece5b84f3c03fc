using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CrmPortal.Api.Contracts;

/// <summary>An amount of an answer as each contract writes it: a number, or a text with two decimals
/// (<see cref="ApiContract.HasMoneyAsText"/>).</summary>
internal readonly record struct ContractMoney(decimal Value);

internal sealed class ContractMoneyConverter(bool isText) : JsonConverter<ContractMoney>
{
    public override ContractMoney Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Amounts of answers are not read.");

    public override void Write(Utf8JsonWriter writer, ContractMoney value, JsonSerializerOptions options)
    {
        if (isText) writer.WriteStringValue(value.Value.ToString("0.00", CultureInfo.InvariantCulture));
        else writer.WriteNumberValue(value.Value);
    }
}
