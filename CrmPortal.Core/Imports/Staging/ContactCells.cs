using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Imports;

/// <summary>
/// Reads e-mails and phones: one or several in a cell, of one column or of several. The first that is valid is the customer's own, the
/// others are further ones; what is none is left out.
/// </summary>
internal sealed class ContactCells(RowReader row)
{
    private const int LongestCell = 1_000;
    private static readonly string[] Signs = [":::", ";", "|", "\n", "\r"];
    private readonly string[] _emails = [.. ImportFields.Emails.Where(row.Has)];
    private readonly string[] _phones = [.. ImportFields.Phones.Where(row.Has)];

    /// <summary>Whether the row had something where an e-mail or phone should be and nothing of it could be read.</summary>
    public bool IsUnreadable { get; private set; }

    public List<string> Emails()
    {
        var found = new List<string>();
        IsUnreadable = false;
        foreach (var field in _emails)
        {
            foreach (var part in Parts(field, ','))
            {
                var address = Bare(part);
                if (!TextRules.IsEmail(address) || address.Length > CustomerRules.EmailLength) Miss(Skipped.Email, field, part);
                else if (!found.Exists(f => f.Equals(address, StringComparison.OrdinalIgnoreCase))) found.Add(address);
            }
        }

        return found;
    }

    /// <param name="country">The country that a number without calling code belongs to; null where it is not known.</param>
    public List<string> Phones(string? country)
    {
        var found = new List<string>();
        IsUnreadable = false;
        foreach (var field in _phones)
        {
            foreach (var part in Parts(field, null))
            {
                if (!PhoneNumber.TryNormalize(part, country, out var e164)) Miss(Skipped.Phone, field, part);
                else if (!found.Contains(e164)) found.Add(e164);
            }
        }

        return found;
    }

    private void Miss(string sentence, string field, string part)
    {
        row.Skip(sentence, field, part);
        IsUnreadable |= !Placeholder.Is(part);
    }

    private string[] Parts(string field, char? alsoAt)
    {
        if (row.Optional(field, LongestCell) is not { } text) return [];
        var isOne = !Signs.Any(s => text.Contains(s, StringComparison.Ordinal)) && (alsoAt is not { } sign || !text.Contains(sign));
        if (isOne) return [text];
        return text.Split(alsoAt is { } more ? [.. Signs, more.ToString()] : Signs,
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>The address alone of <c>mailto:a@example.com</c>, <c>Ada &lt;a@example.com&gt;</c> and the like.</summary>
    private static string Bare(string text)
    {
        if (text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase)) text = text[7..];
        if (text.IndexOf('<', StringComparison.Ordinal) is >= 0 and var opens && text.IndexOf('>', opens) is > 0 and var closes)
            text = text[(opens + 1)..closes];
        return text.Trim(' ', '\'', '"');
    }
}
