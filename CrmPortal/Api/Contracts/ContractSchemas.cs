using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace CrmPortal.Api.Contracts;

/// <summary>
/// What a contract's document says of ids, names and envelopes. The framework describes every type with the JSON of the whole program;
/// a contract that spells names in another way spells them again at the end.
/// </summary>
internal static class ContractSchemas
{
    public static OpenApiSchema IdSchema(this ApiContract contract) => contract.Ids == IdForm.Text
        ? new() { Type = JsonSchemaType.String, Pattern = @"^\d+$" }
        : new() { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "0" };

    /// <summary>Says the type of a value that a converter of ours writes, of which the framework knows nothing.</summary>
    /// <param name="isInJson">Whether it may be null; a value of an address is there or is not.</param>
    public static void DescribeWritten(this ApiContract contract, OpenApiSchema schema, Type type, bool isInJson)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        if (value == typeof(ContractMoney)) schema.Type = contract.HasMoneyAsText ? JsonSchemaType.String : JsonSchemaType.Number;
        else if (value == typeof(OpaqueId)) schema.Type = contract.Ids == IdForm.Text ? JsonSchemaType.String : JsonSchemaType.Integer;
        else if (value == typeof(DateTimeOffset)) (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
        else return;
        if (value != type && isInJson) schema.Type |= JsonSchemaType.Null;
    }

    /// <summary>Takes out the types that nothing names any more; each may have been the last to name another.</summary>
    public static void RemoveUnused(this OpenApiDocument document)
    {
        int before;
        do
        {
            before = document.Components?.Schemas?.Count ?? 0;
            var named = new NamedSchemas();
            new OpenApiWalker(named).Walk(document);
            foreach (var id in (document.Components?.Schemas?.Keys ?? []).Where(id => !named.Ids.Contains(id)).ToList())
                document.Components!.Schemas!.Remove(id);
        }
        while (document.Components?.Schemas?.Count < before);
    }

    /// <summary>Names the description of a type as the framework does, and notes whose it is.</summary>
    public static string? Noted(JsonTypeInfo type, ConcurrentDictionary<string, JsonTypeInfo> types)
    {
        var id = OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        if (id is not null) types[id] = type;
        return id;
    }

    /// <summary>Spells the properties of all types as the contract does.</summary>
    public static void Spell(this ApiContract contract, OpenApiDocument document, ConcurrentDictionary<string, JsonTypeInfo> types)
    {
        if (contract.Naming == ApiContract.Core.Naming) return;
        foreach (var (id, described) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (!types.TryGetValue(id, out var type) || described is not OpenApiSchema { Properties: { } properties } schema) continue;
            var names = contract.NamesOf(type);
            schema.Properties = Spelled(properties, names);
            schema.Required = schema.Required?.Select(name => names.GetValueOrDefault(name, name)).ToHashSet();
        }
    }

    /// <summary>
    /// The properties of a type whose description stands within that of another, as the contract spells them.
    /// </summary>
    public static IDictionary<string, IOpenApiSchema>? Within(this ApiContract contract, IDictionary<string, IOpenApiSchema>? properties,
        JsonTypeInfo type) => properties is null || contract.Naming == ApiContract.Core.Naming ? properties
        : Spelled(properties, contract.NamesOf(type));

    /// <summary>
    /// Describes the envelope around all answers of a document: the fields of an answer with the one of the envelope before them, since an
    /// answer by itself says that it has no others.
    /// </summary>
    public static void Envelope(this ApiContract contract, OpenApiDocument document)
    {
        if (contract.SuccessField is not { } success) return;
        foreach (var answer in document.Paths.Values.SelectMany(p => p.Operations ?? []).SelectMany(o => o.Value.Responses ?? [])
            .Where(r => r.Key[0] == '2').Select(r => r.Value))
        {
            if (answer.Content is not { } contents || !contents.TryGetValue("application/json", out var content)) continue;
            var flag = KeyValuePair.Create(success, (IOpenApiSchema)new OpenApiSchema { Type = JsonSchemaType.Boolean });
            // A list alone stands in it as its items.
            var fields = content.Schema?.Properties ?? (content.Schema is { } list
                ? new Dictionary<string, IOpenApiSchema> { ["items"] = list } : new Dictionary<string, IOpenApiSchema>());
            content.Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Object, Required = new HashSet<string>(content.Schema?.Required ?? new HashSet<string>()) { success },
                Properties = new Dictionary<string, IOpenApiSchema>(fields.Prepend(flag)),
            };
        }
    }

    /// <summary>An example, which endpoints write with the names of the core and without envelope, as the contract writes it.</summary>
    public static JsonNode? Example(this ApiContract contract, JsonNode example, int status)
    {
        var spelled = contract.Naming == ApiContract.Core.Naming ? example : Spelled(example, contract.Naming);
        return status == 0 || spelled is null ? spelled : (JsonNode)contract.Enveloped(spelled);
    }

    private static JsonNode? Spelled(JsonNode? node, JsonNamingPolicy naming) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(f => KeyValuePair.Create(Spelled(f.Key, naming), Spelled(f.Value, naming)))),
        JsonArray list => new JsonArray([.. list.Select(element => Spelled(element, naming))]),
        _ => node?.DeepClone(),
    };

    /// <summary>A name that begins with an underscore is the contract's own.</summary>
    private static string Spelled(string name, JsonNamingPolicy naming) => name.StartsWith('_') ? name
        : naming.ConvertName(string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])));

    private static Dictionary<string, IOpenApiSchema> Spelled(IDictionary<string, IOpenApiSchema> properties,
        Dictionary<string, string> names) => properties.ToDictionary(p => names.GetValueOrDefault(p.Key, p.Key), p => p.Value);

    private static Dictionary<string, string> NamesOf(this ApiContract contract, JsonTypeInfo type) =>
        type.Properties.ToDictionary(p => p.Name, p => NameOf(p, contract));

    private static string NameOf(JsonPropertyInfo property, ApiContract contract) =>
        property.AttributeProvider is MemberInfo member && !member.IsDefined(typeof(JsonPropertyNameAttribute))
            ? contract.Naming.ConvertName(member.Name) : property.Name;

    /// <summary>Which types a document names.</summary>
    private sealed class NamedSchemas : OpenApiVisitorBase
    {
        public HashSet<string> Ids { get; } = [];

        public override void Visit(IOpenApiReferenceHolder referenceHolder)
        {
            if (referenceHolder is OpenApiSchemaReference { Reference.Id: { } id }) Ids.Add(id);
        }
    }
}
