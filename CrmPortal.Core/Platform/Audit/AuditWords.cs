using System.Collections.Frozen;
using System.Reflection;
using System.Text.RegularExpressions;

namespace CrmPortal.Core.Platform.Audit;

/// <summary>
/// The English word for an audited field, which is the key of its translations. It stands on the property; on the class stands the
/// word for a field that the class has no property for, or inherits.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class, AllowMultiple = true)]
public sealed class AuditLabelAttribute(string label) : Attribute
{
    /// <summary>The word.</summary>
    public string Label { get; } = label;

    /// <summary>The name of the field, where the word stands on the class.</summary>
    public string? Field { get; init; }
}

/// <summary>
/// What kinds of records and their fields are called, as their classes say. Each word is English and the key of its translations.
/// </summary>
public static partial class AuditWords
{
    private static readonly FrozenDictionary<string, KindWords> ByName = AuditNames.Entities.Select(e => KindWords.Of(e.Entity, e.Name))
        .Concat(OtherKinds.All).ToFrozenDictionary(k => k.Name);

    /// <summary>Every word, for the test that looks for the translations.</summary>
    internal static IEnumerable<string> All => ByName.Values.SelectMany(k => k.All).Distinct();

    /// <summary>What a kind is called among all kinds, as in the audit log; its name in words where nothing is declared.</summary>
    public static string LabelOf(string name) => ByName.TryGetValue(name, out var kind) ? kind.Label : InWords(name);

    /// <summary>What a kind is called where one sees whose it is, as in the history of a customer.</summary>
    public static string ShortLabelOf(string name) => ByName.GetValueOrDefault(name)?.ShortLabel ?? LabelOf(name);

    /// <summary>What several of a kind are called together.</summary>
    public static string PluralLabelOf(string name) => ByName.GetValueOrDefault(name)?.PluralLabel ?? ShortLabelOf(name);

    /// <summary>What a field of a kind is called; its name in words where nothing is declared.</summary>
    public static string FieldLabelOf(string name, string field) => FindFieldLabel(name, field) ?? InWords(field);

    /// <summary>The declared word for a field of a kind, or null where there is none.</summary>
    public static string? FindFieldLabel(string name, string field) =>
        ByName.TryGetValue(name, out var kind) ? kind.Fields.GetValueOrDefault(field) ?? kind.FieldLabel : null;

    /// <summary>A name of the program split into words: <c>PlacedAt</c> becomes <c>Placed at</c>.</summary>
    private static string InWords(string name) => Capital().Replace(name, m => " " + m.Value.ToLowerInvariant());

    [GeneratedRegex("(?<=[a-z])[A-Z]")]
    private static partial Regex Capital();
}

/// <summary>The words for one kind and its fields.</summary>
internal sealed record KindWords(string Name, string Label)
{
    public string? ShortLabel { get; private init; }

    public string? PluralLabel { get; private init; }

    public string? FieldLabel { get; private init; }

    public FrozenDictionary<string, string> Fields { get; init; } = FrozenDictionary<string, string>.Empty;

    public IEnumerable<string> All => new[] { Label, ShortLabel, PluralLabel, FieldLabel }.OfType<string>().Concat(Fields.Values);

    public static KindWords Of(Type entity, AuditNameAttribute name) => new(name.Name, name.Label)
    {
        ShortLabel = name.ShortLabel,
        PluralLabel = name.PluralLabel,
        FieldLabel = name.FieldLabel,
        Fields = entity.GetProperties().SelectMany(p => p.GetCustomAttributes<AuditLabelAttribute>().Select(l => (Field: p.Name, l.Label)))
            .Concat(entity.GetCustomAttributes<AuditLabelAttribute>().Select(l => (Field: l.Field!, l.Label)))
            .ToFrozenDictionary(l => l.Field, l => l.Label),
    };
}
