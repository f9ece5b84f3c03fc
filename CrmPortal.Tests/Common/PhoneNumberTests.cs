using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Search;
using PhoneNumbers;
using PhoneNumber = CrmPortal.Core.Platform.Common.PhoneNumber;

namespace CrmPortal.Tests.Common;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("020 7946 0958", "GB", "+442079460958")]
    [InlineData("(020) 7946-0958", "gb", "+442079460958")]
    [InlineData("+44 (0)20 7946 0958", null, "+442079460958")]
    [InlineData("+4402079460958", null, "+442079460958")]
    [InlineData("0044 20 7946 0958", "US", "+442079460958")]
    [InlineData("06 6982 1234", "IT", "+390669821234")]
    [InlineData("+39 06 6982 1234", null, "+390669821234")]
    [InlineData("06 20 123 4567", "HU", "+36201234567")]
    [InlineData("8 912 345 67 89", "RU", "+79123456789")]
    [InlineData("(212) 555-0147", "US", "+12125550147")]
    [InlineData("0991234567", "EC", "+593991234567")]
    [InlineData("612 345 678", "ES", "+34612345678")]
    [InlineData("98765 43210", "IN", "+919876543210")]
    public void Normalize_AsWrittenInACountry_IsE164(string typed, string? country, string expected) =>
        Assert.Equal(expected, Normalized(typed, country));

    [Theory]
    [InlineData("491701234567", "DE", "+491701234567")]
    [InlineData("919876543210", "IN", "+919876543210")]
    [InlineData("79123456789", "RU", "+79123456789")]
    [InlineData("442079460958", "GB", "+442079460958")]
    [InlineData("391 234 5678", "IT", "+393912345678")]
    public void Normalize_WithoutThePlusThatWasThere_DoesNotGetTheCallingCodeTwice(string typed, string country, string expected) =>
        Assert.Equal(expected, Normalized(typed, country));

    [Theory]
    [InlineData("\u202a+49 170 1234567\u202c", null, "+491701234567")]
    [InlineData("０９０－１２３４－５６７８", "JP", "+819012345678")]
    [InlineData("＋８１９０１２３４５６７８", null, "+819012345678")]
    [InlineData("٠٥٠١٢٣٤٥٦٧", "AE", "+971501234567")]
    [InlineData("020–7946–0958", "GB", "+442079460958")]
    [InlineData("020\u00ad7946\u202f0958", "GB", "+442079460958")]
    [InlineData("tel:+442079460959", "DE", "+442079460959")]
    [InlineData("Tel.: 020 7946 0958", "GB", "+442079460958")]
    [InlineData("tel:+52 55 5123 4567", null, "+525551234567")]
    [InlineData("447911123456.0", "GB", "+447911123456")]
    [InlineData("+447911123456.0", null, "+447911123456")]
    [InlineData("0170 1234567 (privat)", "DE", "+491701234567")]
    [InlineData("020 7946 0958 (Fax)", "GB", "+442079460958")]
    [InlineData("020 7946 0958 mobile", "GB", "+442079460958")]
    [InlineData("020 7946 0958#", "GB", "+442079460958")]
    public void Normalize_PastedWithMarksAndWords_IsTheNumberAlone(string typed, string? country, string expected) =>
        Assert.Equal(expected, Normalized(typed, country));

    [Theory]
    [InlineData("+44 20 7946 0958 ext. 12", "+442079460958;ext=12")]
    [InlineData("+44 20 7946 0958 x12", "+442079460958;ext=12")]
    [InlineData("+44 20 7946 0958 #12", "+442079460958;ext=12")]
    [InlineData("tel:+442079460958;ext=12", "+442079460958;ext=12")]
    public void Normalize_WithAnExtension_KeepsIt(string typed, string expected)
    {
        Assert.Equal(expected, Normalized(typed, null));
        Assert.Equal(expected, Normalized(expected, null));
        Assert.Equal("020 7946 0958 x12", PhoneNumber.Format(expected, "GB"));
    }

    [Theory]
    [InlineData("+1234567890")] // Nobody's by today's plans; the shop knows better.
    [InlineData("+442079460958")]
    [InlineData("+99900000001")]
    [InlineData("+525551234567")]
    [InlineData("+5491123456789")]
    public void Normalize_OfAStoredNumber_IsTheSame(string stored) => Assert.Equal(stored, Normalized(stored, "DE"));

    [Theory]
    [InlineData("(212) 555-0147", "GB")]
    [InlineData("7946 0958", "GB")]
    [InlineData("020 7946 0958", null)]
    [InlineData("020 7946 0958", "")]
    [InlineData("020 7946 0958", "XX")]
    [InlineData("call me", "GB")]
    [InlineData("12", "GB")]
    [InlineData("+1234567890123456", "GB")]
    [InlineData("020 7946 0958 / 07911 123456", "GB")]
    [InlineData("1-800-FLOWERS", "US")]
    [InlineData("4.47911E+11", "GB")]
    [InlineData("", "GB")]
    public void Normalize_OfWhatIsNoPhoneThere_IsRefused(string typed, string? country) => Assert.Null(Normalized(typed, country));

    [Fact]
    public void Normalize_ForEveryCountryOfAddresses_KnowsItsCallingCode()
    {
        var plans = PhoneNumberUtil.GetInstance();
        // A few islands with a code of their own have no numbering plan of their own.
        var known = IsoCodes.Countries.Where(c => plans.GetExampleNumber(c) is not null).ToList();
        Assert.True(IsoCodes.Countries.Count - known.Count < 10);
        Assert.All(known, country =>
        {
            var example = plans.GetExampleNumber(country);
            var e164 = plans.Format(example, PhoneNumberFormat.E164);
            Assert.Equal(e164, Normalized(plans.Format(example, PhoneNumberFormat.NATIONAL), country));
            Assert.Equal(e164, Normalized(e164, null));
        });
    }

    [Theory]
    [InlineData("+442079460958", "GB", "020 7946 0958")]
    [InlineData("+442079460958", "DE", "+44 20 7946 0958")]
    [InlineData("+12125550147", "GB", "+1 212-555-0147")]
    [InlineData("+44•••58", "GB", "+44•••58")]
    [InlineData("+1234567890", "GB", "+1234567890")]
    [InlineData(null, "GB", null)]
    public void Format_IsNationalAtHome_AndInternationalAbroad(string? stored, string country, string? expected) =>
        Assert.Equal(expected, PhoneNumber.Format(stored, country));

    [Theory]
    [InlineData("+49491701234567", null, "+491701234567")]
    [InlineData("+366201234567", null, "+36201234567")]
    [InlineData("+789123456789", null, "+79123456789")]
    [InlineData("+4402079460958", null, "+442079460958")]
    [InlineData("+442125550147", "US", "+12125550147")]
    [InlineData("+442125550147", null, null)]
    [InlineData("+442079460958", "DE", null)]
    [InlineData("+99900000001", "GB", null)]
    public void Mend_OfANumberThatWasGuessedWrong_IsWhatItMustHaveBeen(string stored, string? country, string? expected) =>
        Assert.Equal(expected, PhoneNumber.Mend(stored, country));

    [Theory]
    [InlineData("\u202a+44 20 7946 0958\u202c", "442079460958")]
    [InlineData("020–7946–0958", "2079460958")]
    [InlineData("０２０ ７９４６", "207946")]
    [InlineData("tel:+442079460958", "442079460958")]
    [InlineData("60958 Ada", null)]
    public void Search_ForAPhoneAsItIsPasted_LooksForItsDigits(string typed, string? expected) =>
        Assert.Equal(expected, SearchText.PhoneDigits(typed));

    private static string? Normalized(string typed, string? country) => PhoneNumber.TryNormalize(typed, country, out var e164)
        ? e164 : null;
}
