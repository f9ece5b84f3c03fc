using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace CrmPortal.Hosting.DataProtection;

/// <summary>Wraps a data-protection key by the key file before it goes to the database.</summary>
internal sealed class KeyFileEncryptor(KeyFile file) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var wrapped = file.Wrap(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)));
        return new(new XElement("wrappedKey", Convert.ToBase64String(wrapped)), typeof(KeyFileDecryptor));
    }
}

/// <summary>Opens what <see cref="KeyFileEncryptor"/> wrapped; the framework finds it by the name that is beside the key.</summary>
internal sealed class KeyFileDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        XElement.Parse(Encoding.UTF8.GetString(services.GetRequiredService<KeyFile>()
            .Unwrap(Convert.FromBase64String(encryptedElement.Value))));
}
