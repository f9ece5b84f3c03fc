using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace CrmPortal.Core.Platform.Access;

/// <summary>What a user sets for themselves.</summary>
/// <param name="Language"><c>en</c>, <c>es</c>, or null for the browser's.</param>
/// <param name="TimeZone">An IANA name, or null for the shop's.</param>
public sealed record ProfileInput(string DisplayName, string? Language, string? TimeZone);

/// <summary>The acting user's own account.</summary>
public sealed class ProfileService(IDbContextFactory<CrmDbContext> dbFactory, AccessControl access)
{
    public const int LongestName = 200;

    public static IReadOnlyList<string> Languages { get; } = ["en", "es"];

    /// <summary>Changes the acting user's name, language and time zone.</summary>
    /// <exception cref="RuleViolationException">A value is not possible.</exception>
    public async Task ChangeAsync(ProfileInput input, CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        var errors = new List<FieldError>();
        var name = CheckName(input.DisplayName, errors);
        var language = string.IsNullOrWhiteSpace(input.Language) ? null : input.Language;
        if (language is not null && !Languages.Contains(language))
            errors.Add(new(nameof(input.Language), "This language is not available."));
        var zone = string.IsNullOrWhiteSpace(input.TimeZone) ? null : input.TimeZone;
        if (zone is not null && !LocalZone.IsKnown(zone)) errors.Add(new(nameof(input.TimeZone), "This time zone is not known."));
        if (errors.Count > 0) throw new RuleViolationException(errors);

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("user.profile");
        var user = await db.Users.SingleAsync(u => u.Id == grant.Actor.UserId, cancellationToken);
        (user.DisplayName, user.Language, user.TimeZone) = (name, language, zone);
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Sets the language of the acting user's screens.</summary>
    /// <exception cref="ArgumentException">The language is none of <see cref="Languages"/>.</exception>
    public async Task SetLanguageAsync(string language, CancellationToken cancellationToken)
    {
        var grant = await access.DemandSignedInAsync(cancellationToken);
        if (!Languages.Contains(language)) throw new ArgumentException("There are no texts in this language.", nameof(language));
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.BeginChangeSet("user.profile");
        var user = await db.Users.SingleAsync(u => u.Id == grant.Actor.UserId, cancellationToken);
        user.Language = language;
        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Checks the name that others see.</summary>
    public static string CheckName(string? typed, List<FieldError> errors)
    {
        var name = StoredText.Composed(typed?.Trim() ?? "");
        if (name.Length == 0) errors.Add(new("DisplayName", "Enter a name."));
        else if (name.Length > LongestName) errors.Add(new("DisplayName", "Use at most {0} characters.", LongestName));
        else if (StoredText.IsUnstorable(name) || name.Any(char.IsControl))
            errors.Add(new("DisplayName", "The name contains characters that cannot be stored."));
        return name;
    }
}
