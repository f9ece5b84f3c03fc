using System.Text;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Search;

namespace CrmPortal.Core.HelpCentre;

/// <summary>Parts of addresses made of words: letters and digits without accents, and hyphens between them.</summary>
internal static class Slugs
{
    /// <summary>The words of a text as part of an address; empty where it has none.</summary>
    public static string Of(string? text, int longest)
    {
        var slug = new StringBuilder();
        foreach (var rune in SearchText.Fold(text).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune)) slug.Append(rune.ToString());
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }

        return SearchText.Cut(slug.ToString(), longest).Trim('-');
    }

    /// <summary>What somebody typed as part of an address; blank is none.</summary>
    public static string? Checked(string field, string? typed, int longest, List<FieldError> errors)
    {
        if (string.IsNullOrWhiteSpace(typed)) return null;
        var slug = typed.Trim().ToLowerInvariant();
        if (slug.Length > longest) errors.Add(new(field, "This is too long; {0} characters are allowed.", longest));
        else if (slug != Of(slug, longest)) errors.Add(new(field, "Use letters without accents, digits and hyphens."));
        else if (slug == HelpAddresses.SearchPart) errors.Add(new(field, "This address is taken by the search; choose another one."));
        else if (slug == HelpAddresses.ContactPart)
            errors.Add(new(field, "This address is taken by the contact form; choose another one."));
        return slug;
    }

    /// <summary>The slug itself, or the first with a number behind it that nobody has.</summary>
    public static string Free(string wanted, int longest, IReadOnlySet<string> taken)
    {
        var slug = wanted.Length == 0 ? "article" : wanted;
        for (var number = 2; taken.Contains(slug) || slug is HelpAddresses.SearchPart or HelpAddresses.ContactPart; number++)
        {
            var end = "-" + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            slug = SearchText.Cut(wanted.Length == 0 ? "article" : wanted, longest - end.Length) + end;
        }

        return slug;
    }
}
