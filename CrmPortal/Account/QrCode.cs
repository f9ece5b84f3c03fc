using QRCoder;

namespace CrmPortal.Account;

/// <summary>A text as a picture for the camera of a phone.</summary>
internal static class QrCode
{
    private const int PixelsOfADot = 6;

    /// <summary>The picture as an address of its own, so that what it holds is never asked for over the network.</summary>
    public static string Picture(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var picture = new PngByteQRCode(code);
        return "data:image/png;base64," + Convert.ToBase64String(picture.GetGraphic(PixelsOfADot));
    }
}
