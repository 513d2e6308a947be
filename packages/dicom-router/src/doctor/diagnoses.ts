import type { Cause } from '../finding.ts';

/** What a cause means to a person, and what to do about it; `{name}` is the place of a fact. */
export interface Words {
  readonly reason: string;
  readonly advice: string;
}

/** The viewer has the same in its languages, under the same names. */
export const DIAGNOSES: Readonly<Record<Cause, Words>> = {
  'calling-ae-unknown': {
    reason: '{peer} is not listed here, so it was rejected (1/1/3, calling AE title not recognized).',
    advice:
      'If it is one of your machines, add it with the rights it needs. If you do not know the address {address}, leave it out.',
  },
  'calling-ae-barred': {
    reason: '{peer} is listed, but may do nothing here.',
    advice: 'Give it the rights it needs: {asks}.',
  },
  'called-ae-wrong': {
    reason: '{peer} called {called}; this server is {own} (1/1/7, called AE title not recognized).',
    advice: 'On the machine, in the entry for this server, set the AE title (called AE) to {own}, letter for letter.',
  },
  'from-elsewhere': {
    reason: '{peer} calls from {seen}, but is listed with {expected}: what it sends counts as not verified.',
    advice: 'If the machine was given another address, take the new one over. If not, find out who uses its name.',
  },
  'user-refused': {
    reason: 'The user name or passcode that {peer} shows was not accepted.',
    advice: 'Check the user and passcode entered on the machine, or take user identity off there: it is not needed.',
  },
  'application-context': {
    reason: '{peer} asked for another application context than that of DICOM.',
    advice: 'The software at {address} is faulty or no DICOM software: ask who maintains it.',
  },
  'protocol-version': {
    reason: '{peer} does not speak version 1 of the DICOM protocol.',
    advice: 'The software at {address} is faulty: ask who maintains it.',
  },
  'request-malformed': {
    reason: 'The association request of {peer} contradicts the standard: {detail}.',
    advice: 'The software at {address} is faulty or wrongly set: ask who maintains it, with this line of the log.',
  },
  'service-not-allowed': {
    reason: '{peer} asked for what it may not do here: {classes}.',
    advice: 'If it needs that, allow it: {asks}. If not, nothing has to be done.',
  },
  'sop-class-refused': {
    reason: '{peer} offered kinds of objects that are not taken here: {classes}.',
    advice:
      'If they are private objects of the manufacturer that must be kept, start the server with unknown SOP classes allowed (unknownSopClasses). Else have the machine not send them.',
  },
  'transfer-syntax-refused': {
    reason: '{peer} offers {classes} only in transfer syntaxes that are not taken here: {syntaxes}.',
    advice: 'On the machine, choose another transfer syntax (compression) for this server, such as Explicit VR Little Endian.',
  },
  'too-many-associations': {
    reason: 'Too many connections were open at the same time: {detail}.',
    advice:
      'Mostly a machine opens connections and does not close them: look in the log which address has most, and restart its DICOM software.',
  },
  'too-often': {
    reason: '{address} connects too often, and is told to come back later.',
    advice: 'Something there tries in a loop: look at its other problems in this list, or whether a network scanner runs.',
  },
  'tls-needed': {
    reason: '{peer} is set to connect by TLS only, and connected in the clear.',
    advice: 'Turn TLS on on the machine and have it call the TLS port. If it cannot do TLS, take the setting off here.',
  },
  'tls-on-clear-port': {
    reason: '{peer} speaks TLS on the port that is in the clear.',
    advice: 'On the machine, either set the port to the TLS port of this server ({tlsPort}) or turn TLS off.',
  },
  'clear-on-tls-port': {
    reason: '{peer} connected in the clear to the TLS port.',
    advice: 'On the machine, either turn TLS on or set the port to {clearPort}.',
  },
  'tls-untrusted': {
    reason: 'Nobody who is believed here vouches for the certificate of {peer}.',
    advice:
      'Give the authority that issued it by --dicom-tls-ca, or enter this one certificate by its fingerprint after comparing it with the one shown on the machine.',
  },
  'tls-expired': {
    reason: 'The certificate of {peer} has expired.',
    advice: 'Renew the certificate on the machine. If it is still valid there, compare the clocks of both machines.',
  },
  'tls-not-yet-valid': {
    reason: 'The certificate of {peer} is not valid yet.',
    advice:
      'Compare the clocks of both machines: one of them is wrong, most often that of the machine after its battery ran out.',
  },
  'tls-wrong-name': {
    reason: 'The certificate of {peer} is issued to another name than {name}.',
    advice:
      'Enter the name that stands in the certificate in the settings of the machine, or have a certificate issued for {name}.',
  },
  'tls-no-certificate': {
    reason: '{peer} must show a certificate and shows none.',
    advice: 'On the machine, choose the certificate that it shows as a client of TLS.',
  },
  'tls-other-certificate': {
    reason: '{peer} shows another certificate than the one entered for it.',
    advice:
      'If the machine was given a new certificate, compare the fingerprints and take the new one over. If not, somebody else uses its name.',
  },
  'tls-version': {
    reason: '{peer} and this server have no version of TLS in common: 1.2 and 1.3 are spoken here.',
    advice: 'Update the software of the machine or turn TLS 1.2 on there. Older versions are not safe.',
  },
  'tls-cipher': {
    reason: '{peer} and this server have no cipher suite of the BCP 195 profile in common.',
    advice: 'On the machine, choose the TLS profile BCP 195. If it is set so, it may demand a certificate of this server.',
  },
  'tls-closed': {
    reason: '{peer} closed the connection during the TLS handshake.',
    advice: 'Mostly it does not believe the certificate of this server: enter its authority on the machine. Its log says more.',
  },
  'tls-failed': {
    reason: 'The TLS handshake with {peer} failed: {detail}.',
    advice: 'Compare the TLS settings of both sides: version, certificate, authority.',
  },
  'tls-ours-refused': {
    reason: '{peer} does not accept the certificate of this server.',
    advice: 'On the machine, enter the authority that issued the certificate of this server, or that certificate itself.',
  },
  'tls-ours-expired': {
    reason: '{peer} says that the certificate of this server has expired.',
    advice: 'Look at the certificate of this server; if it is valid, the clock of the machine is wrong.',
  },
  'http-on-dicom-port': {
    reason: '{peer} sent an HTTP request to the DICOM port.',
    advice: 'Somebody entered the DICOM port in a browser or as a DICOMweb address: those have a port of their own.',
  },
  'dicom-on-http-port': {
    reason: '{peer} spoke DICOM to the HTTP port of this server.',
    advice: 'On the machine, set the port of this server to {clearPort}.',
  },
  'not-dicom': {
    reason: 'What {peer} sent is not DICOM.',
    advice: 'Look what runs at {address}: a network scanner, another protocol, or a wrong port on the machine.',
  },
  'pdu-too-long': {
    reason: '{peer} sent a {pdu} of {length} bytes; {max} are taken.',
    advice: 'The software at {address} is faulty, or something else speaks there: ask who maintains it.',
  },
  'pdu-invalid': {
    reason: '{peer} sent what contradicts the DICOM protocol: {detail}.',
    advice: 'The software at {address} is faulty: ask who maintains it, with this line of the log.',
  },
  'protocol-error': {
    reason: '{peer} did not keep to the DICOM protocol: {detail}.',
    advice: 'The software at {address} is faulty: ask who maintains it, with this line of the log.',
  },
  'timeout-connect': {
    reason: 'Nothing answers at {address}, port {port}.',
    advice:
      'Check that the machine is on and the IP address is right. If it is, a firewall drops the connection: let this server through to port {port}.',
  },
  'timeout-tls': {
    reason: '{peer} did not finish the TLS handshake in time.',
    advice: 'Mostly it does not speak TLS on this port: check the TLS setting and the port on both sides.',
  },
  'timeout-association': {
    reason: 'The connection with {peer} stands, but nothing came within {seconds} s.',
    advice: 'If it is a monitor that only tests the port, nothing has to be done. Else the software there hangs: restart it.',
  },
  'timeout-answer': {
    reason: '{peer} did not answer in time: {detail}.',
    advice:
      'The machine is overloaded or hangs, or the line is bad. It is tried again; if it stays so, restart the DICOM software there.',
  },
  'timeout-silent': {
    reason: '{peer} kept the association open and said nothing for {seconds} s.',
    advice: 'The machine was switched off or the line broke in the middle. If images are missing, send them again.',
  },
  'aborted-by-peer': {
    reason: '{peer} broke the association off ({detail}).',
    advice: 'Somebody cancelled, or the software there met a fault: its log says which. If images are missing, send them again.',
  },
  'connection-lost': {
    reason: 'The connection with {peer} broke off.',
    advice: 'The line failed, or the machine was switched off. If images are missing, send them again.',
  },
  'connected-and-left': {
    reason: '{peer} connected and left without asking for anything.',
    advice: 'Mostly a monitor that tests the port. Nothing has to be done.',
  },
  'connection-refused': {
    reason: 'Nothing listens at {address}, port {port}.',
    advice: 'Check the port number, and that the DICOM software of the machine runs.',
  },
  'host-unreachable': {
    reason: 'The address {address} cannot be reached.',
    advice: 'Check the IP address, the network cable, and that the machine is on.',
  },
  'name-unknown': {
    reason: 'The host name {address} is not known on the network.',
    advice: 'Check how it is written, or enter the IP address in its place.',
  },
  'peer-knows-us-not': {
    reason: '{peer} does not know this server: it rejected the calling AE title {calling} (1/1/3).',
    advice: 'On that machine, enter this server with AE title {calling}, its address and its port.',
  },
  'peer-has-other-title': {
    reason: 'At {address}, port {port}, nobody is called {peer} (1/1/7).',
    advice: 'Look up the AE title on that machine and enter it here, letter for letter.',
  },
  'peer-is-busy': {
    reason: '{peer} is busy and takes no association for now.',
    advice: 'It is tried again by itself. If it stays so, restart the DICOM software there.',
  },
  'peer-rejected': {
    reason: '{peer} rejected the association: {detail}.',
    advice: 'The log of that machine says why.',
  },
  'peer-hung-up': {
    reason: '{peer} closed the connection without answering the association request.',
    advice:
      'Check that {port} is the DICOM port of the machine, and that it takes calls from this server: some list the addresses they answer. Its log says more.',
  },
  'peer-refuses-class': {
    reason: '{peer} does not take {classes}.',
    advice: 'Allow this kind of object on that machine, or have it not sent there.',
  },
  'peer-refused-object': {
    reason: '{peer} answered {service} with {status}.',
    advice: 'The log of that machine says why: its disk may be full, or it does not take the object.',
  },
  'peer-answered-http': {
    reason: 'At {address}, port {port}, HTTP is spoken, not DICOM.',
    advice: 'Enter the DICOM port of the machine: 104 and 11112 are usual.',
  },
  'peer-wants-tls': {
    reason: '{peer} speaks TLS on port {port}, and was called in the clear.',
    advice: 'Turn TLS on for this machine here.',
  },
  'peer-speaks-clear': {
    reason: '{peer} does not speak TLS on port {port}, and was called by TLS.',
    advice: 'Turn TLS on on that machine, or off for it here.',
  },
  'token-refused': {
    reason: '{peer} does not take the token of this server ({status}): it has expired, was revoked, or is another.',
    advice: 'Have a new token made there, and enter it at the destination here.',
  },
  'token-lacks-right': {
    reason: 'The token of this server may not store at {peer}.',
    advice: 'There, give the token the right to upload (for a gateway: to relay as well).',
  },
  'no-service-there': {
    reason: 'A web server answers at {peer}, but not the service that takes images ({status}).',
    advice: 'Check the address of the destination: for DICOMweb the root of the service, for a Filmless the address of its page.',
  },
  'receiver-full': {
    reason: '{peer} takes nothing at the moment ({status}): it is full or overloaded.',
    advice: 'Make room there. Nothing is lost: it is tried again, and goes on by itself.',
  },
  'receiver-fails': {
    reason: '{peer} could not take it ({status}).',
    advice: 'Its log says why: ask who looks after it.',
  },
  'folder-missing': {
    reason: 'The folder {peer} is not there.',
    advice:
      'Make it, or mount the share it is on. It is never made by itself, so that nothing is written beside a share that is away.',
  },
  'folder-not-writable': {
    reason: 'This server may not write into the folder {peer} ({status}).',
    advice: 'Give the user that the server runs as the right to write there.',
  },
  'disk-full': {
    reason: 'The disk of this server is full: what {peer} sent was refused (A700H), nothing was lost.',
    advice: 'Make room on the disk; the machine sends again by itself or by its resend button.',
  },
  'archive-away': {
    reason: 'The archive could not be asked.',
    advice: 'Look at the state of the archive and of the line to it.',
  },
  'wrong-facility': {
    reason: '{peer} may not store or see what belongs to another facility.',
    advice: 'Check the facility that is set for the machine.',
  },
  'not-authorized': {
    reason: '{peer} asked for {service}, which it may not do here.',
    advice: 'If it should, allow it.',
  },
  'object-broken': {
    reason: 'An object that {peer} sent could not be understood ({status}).',
    advice: 'The machine sends a faulty object: have who maintains it look, with this line of the log.',
  },
  'move-destination-unknown': {
    reason: '{peer} asked to have images sent to {destination}, which is not known here (A801H).',
    advice: 'Add {destination} with its address and port, then try again.',
  },
  'query-refused': {
    reason: 'A query of {peer} was refused ({status}).',
    advice: 'The machine asks in a way that the standard does not allow, or for too much: the log says which.',
  },
  'operation-refused': {
    reason: '{service} of {peer} was refused: {status}.',
    advice: 'The log says why.',
  },
  'fault-here': {
    reason: 'Something failed in this server while {peer} was served.',
    advice: 'Look at the log of the server; if it comes again, send the support bundle (filmless support).',
  },
};
