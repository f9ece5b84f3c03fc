using System.Collections.Concurrent;
using System.Reflection;
using CrmPortal.Core.Platform.Access;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CrmPortal.Core.Platform.Audit;

/// <summary>The name under which rows of an entity are in the audit and in events. It is stored, so it never changes, whatever the
/// class is called.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AuditNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;

    /// <summary>The English word for the kind among all kinds, as in the audit log; it is the key of its translations.</summary>
    public required string Label { get; init; }

    /// <summary>The word where one sees whose it is, as in the history of a customer; null where it is the same.</summary>
    public string? ShortLabel { get; init; }

    /// <summary>The word for several of the kind together; null where it is that for one.</summary>
    public string? PluralLabel { get; init; }

    /// <summary>The word for each field that has none of its own; null where that is its name.</summary>
    public string? FieldLabel { get; init; }

    /// <summary>The additional permission needed to see the values; null if there is none.</summary>
    public string? Permission { get; init; }
}

/// <summary>
/// The audited fields whose values everyone may see who may see the record. A field that is not named here is hidden from those who
/// may not see sensitive values.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OpenFieldsAttribute(params string[] names) : Attribute
{
    public IReadOnlyList<string> Names { get; } = names;
}

/// <summary>A property whose values are only for those who may see sensitive values: the decision that it is not one of the open
/// ones.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SensitiveAttribute : Attribute;

/// <summary>What entities are called in the audit, and who may see their values there.</summary>
internal static class AuditNames
{
    /// <summary>The name of whoever other rows belong to (<see cref="ICustomerOwned"/>): what happens to those happens to them.</summary>
    public const string Customer = "Customer";

    /// <summary>The entities that have a name, with what they say of it.</summary>
    public static IReadOnlyList<(Type Entity, AuditNameAttribute Name)> Entities { get; } =
        [.. typeof(AuditNames).Assembly.GetTypes().Select(t => (Entity: t, Name: t.GetCustomAttribute<AuditNameAttribute>()!))
            .Where(t => t.Name is not null)];

    private static readonly Dictionary<string, Known> ByName = Entities.ToDictionary(t => t.Name.Name, t =>
        new Known(t.Entity, t.Name.Permission, [.. t.Entity.GetCustomAttribute<OpenFieldsAttribute>()?.Names ?? []]));

    /// <summary>All names, those of what is no entity included: refusals, sign-ins, jobs, passkeys and the log itself.</summary>
    public static IReadOnlyList<string> All { get; } = [.. ByName.Keys.Concat(OtherKinds.All.Select(k => k.Name))
        .Order(StringComparer.Ordinal)];

    private static readonly ConcurrentDictionary<Type, string> Names = [];

    /// <summary>The stored name of an entity; the class's own where none is declared.</summary>
    public static string Of(Type entity) => Names.GetOrAdd(entity, static type => type.GetCustomAttribute<AuditNameAttribute>()?.Name
        ?? type.Name);

    /// <summary>The entity of a stored name, or null where the model has it no longer.</summary>
    public static IEntityType? Find(IModel model, string name) =>
        ByName.TryGetValue(name, out var known) ? model.FindEntityType(known.Entity) : null;

    /// <summary>Whether rows of this name never belong to a customer.</summary>
    public static bool IsOfTheShop(string name) => name != Customer && (!ByName.TryGetValue(name, out var known)
        || !(known.Entity.IsAssignableTo(typeof(ICustomerOwned)) || known.Entity.IsAssignableTo(typeof(ICustomerLinked))));

    /// <summary>Whether values of a field are only for those who may see sensitive ones; so they are where nobody has decided.</summary>
    public static bool IsSensitive(string name, string field) => !ByName.TryGetValue(name, out var known) || !known.Open.Contains(field);

    /// <summary>Whether a reader holds what the values of a kind need beside the customer's permissions.</summary>
    public static bool MaySeeKind(string name, Grant grant) => !ByName.TryGetValue(name, out var known)
        || known.Permission is not { } permission || grant.Has(permission);

    private sealed record Known(Type Entity, string? Permission, HashSet<string> Open);
}
