using System.Globalization;
using System.Runtime.CompilerServices;
using CrmPortal.Api.Contracts;
using Microsoft.AspNetCore.Http.Metadata;

namespace CrmPortal.Api;

/// <summary>
/// Refuses a value of the address that cannot be read, by the name of its field. Handlers written at build time say of which value they
/// mean it only where one must be given, and take an empty one for none.
/// </summary>
internal static class ReadableParameters
{
    private static readonly Dictionary<Type, Func<string, bool>> Readers = new()
    {
        [typeof(int)] = text => int.TryParse(text, CultureInfo.InvariantCulture, out _),
        [typeof(long)] = text => long.TryParse(text, CultureInfo.InvariantCulture, out _),
        [typeof(decimal)] = text => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out _),
        [typeof(bool)] = text => bool.TryParse(text, out _),
        [typeof(DateTimeOffset)] = text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
        [typeof(DateOnly)] = text => DateOnly.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out _),
    };

    private static readonly ConditionalWeakTable<Endpoint, Parameter[]> OfEndpoints = [];

    public static void UseReadableParameters(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.Request.IsApi() && context.GetEndpoint() is { } endpoint) Demand(context, endpoint);
        return next(context);
    });

    /// <summary>Whether values of this type can be checked here; a test demands it of each parameter of each endpoint.</summary>
    public static bool Knows(Type type) => ValueType(type) is var value && (value.IsEnum || Readers.ContainsKey(value));

    private static void Demand(HttpContext context, Endpoint endpoint)
    {
        foreach (var (name, nameInAddress, type) in OfEndpoints.GetValue(endpoint, Read))
        {
            var text = context.Request.RouteValues[nameInAddress] as string
                ?? (context.Request.Query.TryGetValue(nameInAddress, out var values) ? values.ToString() : null);
            if (text is null || (type.IsEnum ? Enum.TryParse(type, text, ignoreCase: true, out _) : Readers[type](text))) continue;
            throw ApiException.BadField(context.Contract().FieldName(name), "This value cannot be read.");
        }
    }

    private static Parameter[] Read(Endpoint endpoint) =>
    [
        .. endpoint.Metadata.OfType<IParameterBindingMetadata>().Where(p => p.HasTryParse && Knows(p.ParameterInfo.ParameterType))
            .Select(p => new Parameter(p.Name,
                p.ParameterInfo.GetCustomAttributes(inherit: true).OfType<IFromQueryMetadata>().FirstOrDefault()?.Name ?? p.Name,
                ValueType(p.ParameterInfo.ParameterType))),
    ];

    private static Type ValueType(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private sealed record Parameter(string Name, string NameInAddress, Type Type);
}
