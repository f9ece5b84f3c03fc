using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Json;

namespace CrmPortal.Api.Contracts;

/// <summary>JSON as the contracts read and write it.</summary>
internal static class ContractJson
{
    private const int DeepestJson = 32;

    public static JsonOptions OptionsOf(ApiContract contract)
    {
        var options = new JsonOptions();
        contract.Configure(options.SerializerOptions);
        options.SerializerOptions.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    public static void Configure(this ApiContract contract, JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = contract.Naming;
        json.DictionaryKeyPolicy = null;
        json.PropertyNameCaseInsensitive = false;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        json.AllowDuplicateProperties = false;
        json.MaxDepth = DeepestJson;
        json.Converters.Add(new OptionalConverter());
        json.Converters.Add(new InstantConverter());
        json.Converters.Add(new OpaqueIdConverter(contract.Ids));
        json.Converters.Add(new ContractMoneyConverter(contract.HasMoneyAsText));
        json.Converters.Add(new JsonStringEnumConverter(contract.Naming, allowIntegerValues: false));
    }

    /// <summary>An answer in the contract's envelope, if it has one; a list then is in it as <c>items</c>.</summary>
    public static object Enveloped(this ApiContract contract, object answer)
    {
        if (contract.SuccessField is not { } success) return answer;
        var envelope = new JsonObject { [success] = true };
        var content = JsonSerializer.SerializeToNode(answer, answer.GetType(), contract.Json);
        if (content is not JsonObject fields)
        {
            envelope["items"] = content;
            return envelope;
        }

        foreach (var (name, value) in fields.ToList())
        {
            fields.Remove(name);
            envelope[name] = value;
        }

        return envelope;
    }
}
