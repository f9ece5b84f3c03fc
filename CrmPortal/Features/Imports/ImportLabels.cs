using CrmPortal.Components.Ui;
using CrmPortal.Core.Imports;
using CrmPortal.Resources;
using Microsoft.Extensions.Localization;

namespace CrmPortal.Features.Imports;

/// <summary>The words of imports.</summary>
internal static class ImportLabels
{
    public static string State(IStringLocalizer<Texts> texts, ImportState state) => state switch
    {
        ImportState.Uploaded => texts["Uploaded"],
        ImportState.Checking => texts["Checking"],
        ImportState.Checked => texts["Checked"],
        ImportState.Publishing => texts["Importing"],
        ImportState.Published => texts["Imported"],
        _ => texts["Undone"],
    };

    public static string StateBadge(ImportState state) => state switch
    {
        ImportState.Published => "badge badge-success",
        ImportState.Checked => "badge badge-warning",
        ImportState.Checking or ImportState.Publishing => "badge badge-info",
        _ => "badge badge-neutral",
    };

    public static string Kind(IStringLocalizer<Texts> texts, ImportKind kind) => kind == ImportKind.Customers
        ? texts["Customers"] : texts["Orders"];

    public static string Match(IStringLocalizer<Texts> texts, MatchKey match) => match switch
    {
        MatchKey.Number => texts["Number"],
        MatchKey.Email => texts["E-mail"],
        MatchKey.Phone => texts["Phone"],
        MatchKey.Name => texts["Name"],
        _ => texts["External id"],
    };

    public static string Mode(IStringLocalizer<Texts> texts, ImportMode mode) => mode switch
    {
        ImportMode.Create => texts["Create new only"],
        ImportMode.Update => texts["Update existing only"],
        _ => texts["Create new and update existing"],
    };

    public static string Delimiter(IStringLocalizer<Texts> texts, char delimiter) => delimiter switch
    {
        ',' => texts["Comma"],
        ';' => texts["Semicolon"],
        '\t' => texts["Tab"],
        _ => texts["Vertical bar"],
    };

    /// <summary>A sentence with its placeholders filled, in the language of the screen.</summary>
    public static string Sentence(IStringLocalizer<Texts> texts, string sentence, IReadOnlyList<string> arguments) =>
        texts[sentence, [.. arguments]];

    public static string Size(IStringLocalizer<Texts> texts, long bytes) =>
        bytes < 1024 * 1024 ? texts["{0} kB", Display.Number((bytes + 1023) / 1024)] : texts["{0} MB", (bytes / 1048576.0)
            .ToString("N1", System.Globalization.CultureInfo.CurrentCulture)];
}
