namespace CrmPortal.Core.Customers.Duplicates;

/// <summary>What speaks for two customers being one person, and at the end what speaks against it.</summary>
public enum DuplicateReasonKind
{
    SameEmail, SimilarEmail, SamePhone, SameExternalId, SimilarName, SameAddress, SameBirthDate, OtherGivenName, OtherFamilyName,
        OtherBirthDate,
}

/// <summary>One reason of a score.</summary>
/// <param name="Value">How far it holds, from 0 to 1; for a name how alike the names are.</param>
public sealed record DuplicateReason(DuplicateReasonKind Kind, double Value);

/// <summary>The confidence that two customers are the same person.</summary>
/// <param name="Value">From 0 to 1,000; from <see cref="DuplicateScorer.Threshold"/> on they are shown as a pair.</param>
public sealed record DuplicateScore(int Value, IReadOnlyList<DuplicateReason> Reasons)
{
    public bool Has(DuplicateReasonKind kind) => Reasons.Any(r => r.Kind == kind);
}

/// <summary>What a customer is compared by, in the forms in which values are compared.</summary>
internal sealed record DuplicateFacts(string? GivenName, string? FamilyName)
{
    public long Id { get; init; }

    /// <summary>In lower case, the primary one and the further ones.</summary>
    public IReadOnlyCollection<string> Emails { get; init; } = [];

    /// <summary>E.164.</summary>
    public IReadOnlyCollection<string> Phones { get; init; } = [];

    /// <summary>See <see cref="Customers.Address.PlaceKey"/>.</summary>
    public IReadOnlyCollection<string> Places { get; init; } = [];

    public DateOnly? BirthDate { get; init; }
    public string? ExternalId { get; init; }

    public FoldedName Name => field ??= new(GivenName, FamilyName);
}

/// <summary>
/// Says how likely two customers are one person, and why. Equal values add up; what tells members of a household apart (given
/// names that differ, other dates of birth) holds the score down whatever else they share.
/// </summary>
internal static class DuplicateScorer
{
    /// <summary>From here on two customers are shown as a pair.</summary>
    public const int Threshold = 600;

    public const int Most = 1000;
    private const int TwoPeople = 350;
    private const int EmailPoints = 600;
    private const int SimilarEmailPoints = 250;
    private const int ExternalIdPoints = 600;
    private const int PhonePoints = 450;
    private const int AddressPoints = 300;
    private const int BirthDatePoints = 300;
    private const int LeastNamePoints = 150;
    private const int MostNamePoints = 400;
    private const int OtherFamilyNameLoss = 200;
    private const double Alike = 0.8;
    private const double GivenNamesDiffer = 0.82;
    private const int YearsOfATypo = 10;

    public static DuplicateScore Score(DuplicateFacts a, DuplicateFacts b)
    {
        var reasons = new List<DuplicateReason>();
        var points = 0;
        var mayBeOne = true;
        var sharesEmail = a.Emails.Any(b.Emails.Contains);
        Same(sharesEmail, DuplicateReasonKind.SameEmail, EmailPoints);
        Same(!sharesEmail && a.Emails.Any(mine => b.Emails.Any(other => EmailSlip.IsOne(mine, other))), DuplicateReasonKind.SimilarEmail,
            SimilarEmailPoints);
        Same(a.Phones.Any(b.Phones.Contains), DuplicateReasonKind.SamePhone, PhonePoints);
        Same(a.ExternalId is not null && string.Equals(a.ExternalId, b.ExternalId, StringComparison.OrdinalIgnoreCase),
            DuplicateReasonKind.SameExternalId, ExternalIdPoints);
        Same(a.Places.Any(b.Places.Contains), DuplicateReasonKind.SameAddress, AddressPoints);
        if (!a.Name.IsEmpty && !b.Name.IsEmpty) CompareNames();
        if (a.BirthDate is { } mine && b.BirthDate is { } other)
        {
            Same(mine == other, DuplicateReasonKind.SameBirthDate, BirthDatePoints);
            if (mine != other && !MayBeATypo(mine, other))
            {
                reasons.Add(new(DuplicateReasonKind.OtherBirthDate, 1));
                mayBeOne = false;
            }
        }

        points = Math.Clamp(points, 0, mayBeOne ? Most : TwoPeople);
        return new(points, [.. reasons.OrderBy(r => r.Kind)]);

        void Same(bool isSame, DuplicateReasonKind kind, int worth)
        {
            if (!isSame) return;
            reasons.Add(new(kind, 1));
            points += worth;
        }

        void CompareNames()
        {
            var name = NameSimilarity.Of(a.Name, b.Name);
            if (name.Given is { } given && given < GivenNamesDiffer)
            {
                reasons.Add(new(DuplicateReasonKind.OtherGivenName, 1 - given));
                mayBeOne = false;
            }
            else if (name.Family is { } family && family < Alike)
            {
                // A name changed by marriage, or two people who only share a given name.
                reasons.Add(new(DuplicateReasonKind.OtherFamilyName, 1 - family));
                points -= OtherFamilyNameLoss;
            }
            else if (name.Whole >= Alike)
            {
                reasons.Add(new(DuplicateReasonKind.SimilarName, name.Whole));
                points += LeastNamePoints + (int)Math.Round((MostNamePoints - LeastNamePoints) * (name.Whole - Alike) / (1 - Alike));
            }
        }
    }

    /// <summary>Day and month the other way round, or one digit wrong within the same years.</summary>
    private static bool MayBeATypo(DateOnly a, DateOnly b)
    {
        if (a.Year == b.Year && a.Month == b.Day && a.Day == b.Month) return true;
        if (Math.Abs(a.Year - b.Year) >= YearsOfATypo) return false;
        var (digitsA, digitsB) = (Digits(a), Digits(b));
        return digitsA.Where((digit, i) => digit != digitsB[i]).Count() == 1;

        static string Digits(DateOnly day) => day.ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
    }
}
