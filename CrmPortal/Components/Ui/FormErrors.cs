using CrmPortal.Core.Platform.Common;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Components.Ui;

/// <summary>The errors of a form in the user's language, each beside its field.</summary>
public sealed class FormErrors(IStringLocalizer<Texts> texts)
{
    private readonly Dictionary<string, string> _errors = [];

    /// <summary>What concerns no single field.</summary>
    public string? General => this[""];

    public bool Any => _errors.Count > 0;

    public string? this[string field] => _errors.GetValueOrDefault(field);

    /// <summary>The value of aria-invalid for a field.</summary>
    public string? Invalid(string field) => _errors.ContainsKey(field) ? "true" : null;

    /// <summary>The value of aria-describedby for a field's control.</summary>
    public string? Describes(string field, string id) => _errors.ContainsKey(field) ? id + "-error" : null;

    public void Clear() => _errors.Clear();

    public void Show(RuleViolationException violation)
    {
        _errors.Clear();
        foreach (var error in violation.Errors) _errors.TryAdd(error.Field, texts[error.Message, error.Arguments]);
    }

    /// <summary>One sentence for a place that has no fields.</summary>
    public static string Sentence(RuleViolationException violation, IStringLocalizer<Texts> texts) =>
        string.Join(' ', violation.Errors.Select(e => texts[e.Message, e.Arguments].Value));
}
