using CrmPortal.Core.Platform.Audit;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Customers;

/// <summary>What the screen calls kinds of records and their fields: the words that stand on their classes, translated.</summary>
internal static class FieldLabels
{
    /// <summary>The label of a field of one kind of rows: some names mean another thing in each.</summary>
    public static string Of(string entityType, string field, IStringLocalizer<Texts> L) => L[AuditWords.FieldLabelOf(entityType, field)];

    /// <summary>The label of a kind of rows where one sees whose they are.</summary>
    public static string Part(string entityType, IStringLocalizer<Texts> L) => L[AuditWords.ShortLabelOf(entityType)];
}
