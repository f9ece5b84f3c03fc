using CrmPortal.Core.Platform.Filtering;

namespace CrmPortal.Features.Segments;

/// <summary>Asks for a rule to be written.</summary>
/// <param name="Condition">The rule that is changed; null for a new one.</param>
/// <param name="Apply">Puts the new one in its place.</param>
public sealed record RuleEdit(FilterExpression? Condition, Func<FilterExpression, Task> Apply);
