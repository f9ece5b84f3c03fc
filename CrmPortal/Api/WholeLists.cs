using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Serialization;
using CrmPortal.Api.Contracts;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Api;

/// <summary>
/// Refuses lists and objects in bodies that hold null where a value belongs: the types say that there is one, and the JSON reader
/// does not look at the elements of lists.
/// </summary>
internal static class WholeLists
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<PropertyInfo>> Known = [];

    /// <summary>Looks at the body of each request of the group before its handler does.</summary>
    public static void DemandWholeLists(this RouteGroupBuilder group) => group.AddEndpointFilterFactory((context, next) =>
    {
        var bodies = context.MethodInfo.GetParameters().Select((p, i) => (p.ParameterType, Index: i)).Where(p => IsInput(p.ParameterType))
            .Select(p => p.Index).ToList();
        return bodies.Count == 0 ? next : call =>
        {
            foreach (var body in bodies) Demand(call.Arguments[body], null, call.HttpContext.Contract());
            return next(call);
        };
    });

    /// <exception cref="ApiException">An element is null; the field is named.</exception>
    internal static void Demand(object? value, string? field, ApiContract? contract = null)
    {
        switch (value)
        {
            case null or string:
                break;
            case IDictionary map:
                foreach (DictionaryEntry entry in map)
                    DemandElement(entry.Value, field ?? entry.Key.ToString()!, mayBeNull: true, contract);
                break;
            case IEnumerable list:
                foreach (var element in list) DemandElement(element, field ?? "body", mayBeNull: false, contract);
                break;
            case var input when IsInput(input.GetType()):
                foreach (var property in Fields(input.GetType()))
                    Demand(Unwrapped(property.GetValue(input)), field ?? NameOf(property, contract ?? ApiContract.Core), contract);
                break;
        }
    }

    private static void DemandElement(object? element, string field, bool mayBeNull, ApiContract? contract)
    {
        if (element is null && !mayBeNull) throw ApiException.BadField(field, "An element of this list is null.");
        Demand(element, field, contract);
    }

    /// <summary>The value within an optional field, whatever its type.</summary>
    private static object? Unwrapped(object? value) =>
        value?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Optional<>)
            ? type.GetProperty(nameof(Optional<>.Value))!.GetValue(value)
            : value;

    private static string NameOf(PropertyInfo property, ApiContract contract) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? contract.Naming.ConvertName(property.Name);

    /// <summary>The fields of an input that can hold a list at any depth.</summary>
    private static IReadOnlyList<PropertyInfo> Fields(Type type) => Known.GetOrAdd(type, static t =>
    [
        .. t.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetIndexParameters().Length == 0 && p.CanRead && p.GetCustomAttribute<JsonIgnoreAttribute>() is null
                && MayHoldList(p.PropertyType)),
    ]);

    private static bool MayHoldList(Type type)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>)) type = type.GetGenericArguments()[0];
        return type != typeof(string) && (typeof(IEnumerable).IsAssignableFrom(type) || IsInput(type));
    }

    /// <summary>Records of ours that carry what a client sent; services and the framework's types are none.</summary>
    private static bool IsInput(Type type) =>
        type is { IsClass: true, IsAbstract: false, Namespace: { } space } && space.StartsWith("CrmPortal", StringComparison.Ordinal)
        && type.GetMethod("<Clone>$") is not null;
}
