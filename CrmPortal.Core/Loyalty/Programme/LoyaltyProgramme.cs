using System.Text.Json;
using System.Text.Json.Serialization;
using CrmPortal.Core.Platform.Audit;

namespace CrmPortal.Core.Loyalty;

public enum ProgrammeState { Draft, Active, Retired }

/// <summary>A version of the programme. Of all versions one is active; a draft can be changed until it becomes so.</summary>
[AuditName("LoyaltyProgramme", Label = "Loyalty programme")]
[OpenFields("State", "Name", "RulesJson", "CreatedAt", "CreatedByName", "ActivatedAt", "ActivatedByName")]
public sealed class LoyaltyProgramme : IAudited, IVersioned
{
    public const int NameLength = 100;

    // Every booking reads the active version anew, and its text is nearly always the one that was read before.
    private static RulesOfText? _last;

    private (string? Json, ProgrammeRules? Rules) _read;

    public long Id { get; internal init; }
    [AuditLabel("Status")] public ProgrammeState State { get; set; }

    /// <summary>What the version is called, such as <c>Winter 2026</c>.</summary>
    [AuditLabel("Name")] public required string Name { get; set; }

    /// <summary>JSON of <see cref="ProgrammeRules"/>.</summary>
    [AuditLabel("Rules")] public required string RulesJson { get; set; }

    [AuditLabel("Created")] public DateTimeOffset CreatedAt { get; init; }
    [AuditLabel("Created by")] public string CreatedByName { get; init; } = "";
    [AuditLabel("Activated on")] public DateTimeOffset? ActivatedAt { get; set; }
    [AuditLabel("Activated by")] public string? ActivatedByName { get; set; }
    public long Version { get; set; }

    public ProgrammeRules Rules
    {
        get
        {
            // A booking asks many times; the rules of a version are read from their text once.
            if (!ReferenceEquals(_read.Json, RulesJson)) _read = (RulesJson, Read(RulesJson));
            return _read.Rules!;
        }
    }

    internal static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    internal static string Write(ProgrammeRules rules) => JsonSerializer.Serialize(rules, Json);

    private static ProgrammeRules Read(string text)
    {
        if (_last is { } last && last.Text == text) return last.Rules;
        var rules = JsonSerializer.Deserialize<ProgrammeRules>(text, Json)!;
        _last = new(text, rules);
        return rules;
    }

    private sealed record RulesOfText(string Text, ProgrammeRules Rules);
}
