using System.Text;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using CrmPortal.Core.Tickets;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CrmPortal.Core.Chats;

/// <summary>
/// Who a site says its visitor is: a JSON web token (RFC 7519), signed with HS256 by the key that settings show. Its <c>sub</c> is the
/// number
/// of a customer, or its <c>email</c> their address; it is good for a day at most.
/// </summary>
public sealed class ChatIdentity(ISecretProtector secrets, TimeProvider clock)
{
    /// <summary>For what the key is encrypted.</summary>
    public const string Purpose = "chat identity";

    private const int LongestToken = 4_000;
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(1);

    /// <summary>A page that is open longer asks who somebody is like any visitor's.</summary>
    private static readonly TimeSpan OwnLife = TimeSpan.FromHours(4);

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);

    /// <summary>The customer whom a token means, with the name and the address that it tells; null where it is not good.</summary>
    internal async Task<(long? CustomerId, string? Name, string? Email)?> ReadAsync(CrmDbContext db, string? token,
        CancellationToken cancellationToken)
    {
        if (token is null or { Length: 0 or > LongestToken }) return null;
        var stored = await db.ChatSettings.Select(s => s.ProtectedKey).SingleOrDefaultAsync(cancellationToken);
        if (stored is null) return null;
        var now = clock.GetUtcNow();
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secrets.Unprotect(Purpose, stored))),
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256], ValidateAudience = false, ValidateIssuer = false, ValidateLifetime = true,
            LifetimeValidator = (_, expires, _, _) => expires is { } end && end > now.UtcDateTime - ClockSkew
                && end <= now.UtcDateTime + LongestLife + ClockSkew,
        });
        if (!result.IsValid) return null;
        var (subject, email) = (Claim(result, "sub"), Claim(result, "email")?.ToLowerInvariant());
        var customer = subject is null ? null : await db.Customers.Where(c => c.DeletedAt == null && c.Number == subject)
            .Select(c => (long?)c.Id).FirstOrDefaultAsync(cancellationToken);
        if (customer is null && email is not null && TextRules.IsEmail(email))
            customer = await MailIntake.CustomerOfAsync(db, email, cancellationToken);
        return (customer, Short(Claim(result, "name"), Chat.NameLength), email is not null && TextRules.IsEmail(email)
            ? Short(email, TextRules.EmailLength) : null);
    }

    /// <summary>Says who somebody is whom this program itself has signed in; null while there is no key.</summary>
    /// <param name="number">Of the customer.</param>
    internal async Task<string?> IssueAsync(CrmDbContext db, string number, string name, CancellationToken cancellationToken)
    {
        var stored = await db.ChatSettings.Select(s => s.ProtectedKey).SingleOrDefaultAsync(cancellationToken);
        if (stored is null) return null;
        var now = clock.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Claims = new Dictionary<string, object> { ["sub"] = number, ["name"] = name }, IssuedAt = now, NotBefore = now,
            Expires = now + OwnLife,
            SigningCredentials = new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secrets.Unprotect(Purpose, stored))),
                SecurityAlgorithms.HmacSha256),
        });
    }

    private static string? Claim(TokenValidationResult result, string name) =>
        result.Claims.TryGetValue(name, out var value) && value is string { Length: > 0 } text && !StoredText.IsUnstorable(text) ? text
            : null;

    private static string? Short(string? text, int longest) => text?.Length > longest ? null : text;
}
