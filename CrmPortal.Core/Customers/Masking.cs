using System.Diagnostics.CodeAnalysis;

namespace CrmPortal.Core.Customers;

/// <summary>Shows that there is a value without showing it.</summary>
public static class Masking
{
    private const string Dots = "•••";

    /// <summary><c>j•••@e•••</c></summary>
    [return: NotNullIfNotNull(nameof(email))]
    public static string? Email(string? email) => email is null ? null : email.IndexOf('@') is > 0 and var at
        ? $"{email[0]}{Dots}@{email[at + 1]}{Dots}" : Dots;

    /// <summary><c>+44•••58</c></summary>
    [return: NotNullIfNotNull(nameof(phone))]
    public static string? Phone(string? phone) => phone is null ? null : phone.Length > 7 ? phone[..3] + Dots + phone[^2..] : Dots;

    [return: NotNullIfNotNull(nameof(text))]
    public static string? Text(string? text) => text is null ? null : Dots;

    /// <summary>Whether a value is one of ours with dots in it, sent back as it was seen.</summary>
    public static bool IsMasked(string value) => value.Contains(Dots, StringComparison.Ordinal);

    internal static ContactPointDetails Masked(this ContactPointDetails point) =>
        point with { Value = point.Kind == ContactKind.Email ? Email(point.Value) : Phone(point.Value) };

    internal static AddressDetails Masked(this AddressDetails address) =>
        address with
        {
            Line1 = Text(address.Line1), Line2 = Text(address.Line2), Phone = Phone(address.Phone), Latitude = null, Longitude = null,
        };
}
