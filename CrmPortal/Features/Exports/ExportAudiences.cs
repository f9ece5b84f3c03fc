using System.Globalization;
using CrmPortal.Components.Ui;
using CrmPortal.Core.Consents;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Loyalty;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Exports;
using CrmPortal.Features.Consents;
using CrmPortal.Features.Customers;
using CrmPortal.Features.Loyalty;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Exports;

/// <summary>For whom a table is made: whoever has the present language, and sees times in a zone.</summary>
internal sealed class ExportAudiences(IStringLocalizer<Texts> texts, FilterLabels labels)
{
    public ExportAudience In(LocalZone zone) => new(CultureInfo.CurrentCulture, zone, new()
    {
        Yes = texts["yes"], No = texts["no"], Page = texts["Page {0} of {1}"], Made = texts["Created on {0}"],
        Empty = texts["There are no rows."], Total = texts["Total"], Columns = texts["Columns {0} to {1} of {2}"], Currency = texts["Currency"],
    })
    {
        Language = CultureInfo.CurrentUICulture.Name, Title = title => texts[title], Money = Display.Money, Choice = Choice,
    };

    private string Choice(string field, string value) => field switch
    {
        "country" => Display.Country(value),
        "language" => Display.Language(value),
        "tier" => TierLabels.Of(value, texts),
        "rfm_segment" => labels.Choice(field, value),
        "channel" when Enum.TryParse<Channel>(value, true, out var channel) => Words.Channel(channel, texts),
        "consent_purpose" when Enum.TryParse<ConsentPurpose>(value, true, out var purpose) => ConsentLabels.Purpose(texts, purpose),
        "entry_kind" => LoyaltyLabels.Kind(Enum.Parse<EntryKind>(value.Replace("_", "", StringComparison.Ordinal), true), texts),
        _ => labels.Choice(field, value.Replace("_", "", StringComparison.Ordinal)),
    };
}
