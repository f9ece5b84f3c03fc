using System.Globalization;
using System.Text.Json;
using CrmPortal.Api;

namespace CrmPortal.Tests.Api;

public sealed class InstantConverterTests
{
    [Theory]
    [InlineData("2026-11-01T09:30:00Z", "2026-11-01T09:30:00Z")]
    [InlineData("2026-11-01T01:30:00-07:00", "2026-11-01T08:30:00Z")]
    [InlineData("2026-11-01T09:30:00", "2026-11-01T09:30:00Z")]
    [InlineData("2026-11-01", "2026-11-01T00:00:00Z")]
    public void Instant_IsReadAndWrittenInUtc(string written, string expected)
    {
        var options = new JsonSerializerOptions { Converters = { new InstantConverter() } };

        var instant = JsonSerializer.Deserialize<DateTimeOffset>($"\"{written}\"", options);

        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), instant);
        Assert.Equal(TimeSpan.Zero, instant.Offset);
        Assert.Equal($"\"{expected}\"", JsonSerializer.Serialize(instant, options));
    }
}
